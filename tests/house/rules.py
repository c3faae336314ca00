"""The rules of the house as tables: folders, their order, and the doors to third parties."""

# Top level: these folders, these files, and whatever starts with a dot.
FOLDERS = ("cards", "deploy", "fhir", "hooks", "pathways", "tests")
FILES = (
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CMakeLists.txt",
    "CMakePresets.json",
    "LICENSE",
    "README.md",
)
DOT_FOLDERS = (".ci", ".github", ".gitlab")

# Each code folder with those it may include. tests/<folder>/ has the rights of <folder>; the other
# folders of tests/ have all.
MAY_INCLUDE = {
    "fhir": ("fhir",),
    "pathways": ("pathways", "fhir"),
    "cards": ("cards", "pathways", "fhir"),
    "hooks": ("hooks", "cards", "pathways", "fhir"),
}

# Folders of tests/ that may look into every internal/ folder, as tests/<folder>/ may into its own.
LOOKS_INSIDE = ("tests/fuzz/", "tests/bench/")

# Third parties: header prefixes, and the files (patterns, `*` crosses no `/` but `**` does) that may
# include them. Tests may use a library directly, as a second opinion on our own reading of things.
DOORS = (
    (("simdjson.h",), ("fhir/json.cpp", "fhir/internal/json_*", "tests/**")),
    (("rapidjson/",), ("fhir/own_json.cpp", "tests/**")),
    (("cpprest/", "pplx/"), ("fhir/internal/rest_*", "tests/fhir/*", "tests/hooks/*")),
    (("llhttp.h",), ("hooks/internal/*",)),
    (("boost/multiprecision/",), ("fhir/internal/power.cpp", "fhir/internal/ratio.h", "fhir/internal/real_functions.cpp")),
    (("re2/",), ("fhir/internal/regex.cpp",)),
    (("boost/asio", "boost/beast"), ("fhir/asio.h", "fhir/internal/rest_*", "hooks/*.cpp", "hooks/internal/*", "tests/**")),
    (("openssl/",), ("fhir/digest.cpp", "fhir/internal/encodings.cpp", "hooks/internal/*", "tests/**")),
    (("soci/",), ("hooks/internal/store_*",)),
    (("libpq-fe.h",), ("hooks/internal/store_*", "tests/hooks/*")),
    (("sqlite3.h",), ("hooks/internal/piece_index.cpp", "tests/hooks/*")),
    (("zlib.h",), ("hooks/internal/packed_file.cpp",)),
    (("spdlog/",), ("hooks/log.cpp", "hooks/internal/log*")),
    (("toml++/",), ("hooks/config.cpp", "hooks/internal/config*")),
    (("CLI/",), ("hooks/main.cpp", "hooks/cli*.cpp", "hooks/internal/cli*")),
    (("prometheus/",), ("hooks/metrics.cpp", "hooks/internal/metrics*")),
    (("gtest/", "gmock/"), ("tests/**",)),
    (("z3",), ("tests/pathways/*_smt_test.cpp",)),
    (("benchmark/",), ("tests/bench/**",)),
    (("cmark-gfm", "parser.h", "registry.h"), ("tests/**",)),
    # The operating system's own interface.
    (("sys/random.h",), ("cards/uuid.cpp",)),
    (
        ("arpa/", "dirent.h", "dlfcn.h", "fcntl.h", "linux/", "net/", "netdb.h", "netinet/", "poll.h", "pthread.h", "pwd.h", "sched.h",
         "signal.h", "spawn.h", "sys/", "unistd.h"),
        ("hooks/**", "fhir/internal/*", "tests/**"),
    ),
)

# Texts that no file of the project may hold. The patterns do not match themselves.
FORBIDDEN_TEXT = (
    ("a path of one machine", r"(?<![\w.~:/\]})$*-])/(?:home|root|Users|work|workspace)/[\w.]"),
    ("a path of one machine", r"\b[A-Z]:\\+Users\b"),
    ("a package registry", r"\b(?:registry|artifactory|nexus)\.[a-z0-9-]+\.[a-z]{2,}\b"),
    ("a package registry", r"\b(?:[a-z0-9-]+\.)*(?:jfrog|docker|quay|ghcr|gcr)\.io\b"),
    ("a package registry", r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|crates)\.(?:org|com|io)\b"),
    ("a package registry", r"\bproxy\.golang\.(?:org)\b"),
)
