"""JSON texts, each valid, invalid or undecided by RFC 8259. What is undecided is decided here, and said why.

`VALUES` stand where a value may stand inside a call; `DOCUMENTS` are whole bodies. A row is its name and its bytes; for what is
undecided also whether it is taken.
"""

Y, N = True, False


def _numbered(prefix, texts):
    for number, text in enumerate(texts):
        yield f"{prefix} {number}: {text[:40]!r}", text if isinstance(text, bytes) else text.encode("utf-8")


VALID = list(_numbered("valid", [
    # Literals, and white space of every kind in every place.
    "null", "true", "false", " null ", "\tnull\t", "\nnull\n", "\rnull\r", " \t\r\n null \t\r\n ",
    "[]", "{}", "[ ]", "{ }", "[\n]", "{\t}", "[null]", "[ null , true ]", "[[]]", "[[],[]]", "[{}]", '{"a":[]}', '{"a":{}}',
    '{ "a" : null }', '{"a":1,"b":2}', '{"a":1 ,"b":2}', '{"a"\n:\n1}', '{"":0}', '{"a":{"a":{"a":1}}}', '[1,"1",true,null,[],{}]',
    # Numbers.
    "0", "-0", "1", "-1", "10", "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
    "18446744073709551615", "0.0", "-0.0", "0.1", "-0.1", "1.0", "123.456", "1e1", "1E1", "1e+1", "1e-1", "1E+1", "1E-1", "0e0", "0e1",
    "0E-1", "-0e-0", "1.5e3", "1e0", "1e00", "1e01", "1e-01", "1.7976931348623157e308", "-1.7976931348623157e308", "5e-324",
    "2.2250738585072014e-308", "0.1000000000000000055511151231257827", "3.141592653589793238462643383279502884197",
    "1" + "." + "0" * 900, "0." + "1" * 1000, "[0,0]", "123456789012345", "1e22", "1e23",
    # Strings.
    '""', '" "', '"a"', '"\\""', '"\\\\"', '"\\/"', '"/"', '"\\b\\f\\n\\r\\t"', '"\\u0041"', '"\\u00e9"', '"\\u00E9"', '"\\u20ac"',
    '"\\uD834\\uDD1E"', '"\\ud834\\udd1e"', '"\\uDBFF\\uDFFF"', '"\u00e9"', '"\u20ac"', '"\U0001D11E"', '"\U0010FFFF"', '"\ufffd"', '"\uffff"',
    '"\ufdd0"', '"\u0080"', '"\u007f"', '"\u2028"', '"\u2029"', '"\u200b"', '"\ufeff"', '"\\ufeff"', '"a\\u0062c"', '"//"', '"/* */"', '"#"',
    '"\\u005C\\u0022"', '"\\\\u0041"', '"\\\\n"', '"<script>"', '"null"', '"' + "a" * 70_000 + '"', '"' + "\\u00e9" * 5000 + '"',
    '"\u0600\u06dd\u202e"', '"e\u0301"', '"\u1f468\u200d\U0001f469"', '{"\\u0061":1,"b":2}', '{"\u00e9":1,"e\u0301":2}', '{"a":1,"A":2}',
    '{"a":"","a ":""}', '{"__proto__":1,"constructor":2}',
    # Sizes.
    "[" + ",".join(["0"] * 5000) + "]", "{" + ",".join(f'"k{i}":{i}' for i in range(9000)) + "}", "[" * 100 + "]" * 100,
    '{"a":' * 60 + "1" + "}" * 60, "[" + '"a",' * 3000 + '"a"]', " " * 50_000 + "1" + "\n" * 50_000,
]))

INVALID = list(_numbered("invalid", [
    # Literals.
    "", " ", "nul", "nulll", "Null", "NULL", "tru", "truee", "True", "TRUE", "fals", "False", "nil", "undefined", "none", "None", "yes", "n", "t", "f", "nul l",
    "a", "abc", "-", "+", "@", "\\", "'", "`", "?", "*", "$", "&", "(", ")", "=", ";", "<null>",
    # Numbers.
    "+1", "++1", "--1", "-+1", "+-1", "- 1", "-a", "-.1", ".1", ".", "1.", "-1.", "1..0", "1.0.0", "1.e1", ".e1", "1e", "1e+", "1e-", "1E", "1ee1", "1e1.0", "1e1e1",
    "1e1e", "e1", "E1", "01", "-01", "00", "-00", "012", "0x1", "0X1F", "0b1", "0o7", "1_000", "1,000", "1 000", "1a", "1.5f", "1L", "1n", "0.1.", "0.e1", "1\u00bd", "\uff11",
    "\u0661", "Infinity", "-Infinity", "+Infinity", "NaN", "-NaN", "nan", "inf", "-inf", "1#INF", "#1", "$1", "1%", "1e\uff11", "1\0",
    # Strings.
    '"', '"a', 'a"', "'a'", "`a`", '"a\'', '"\\', '"\\"', '"\\a"', '"\\x41"', '"\\0"', '"\\1"', '"\\e"', '"\\U0041"', '"\\\'"', '"\\ "', '"\\u"', '"\\u0"', '"\\u00"',
    '"\\u004"', '"\\u004g"', '"\\u 041"', '"\\u-041"', '"\\u+041"', '"\\u0x41"', '"\\u{41}"', '"\\\u00e9"', '"\\\n"', '"\n"', '"\r"', '"\t"', '"\0"', '"\x01"', '"\x1f"', '"a\x08b"',
    '"a" "b"', '"a"b', '"a""b"', '"\\uD834\\u"', '"\\uD834\\u0"',
    # Arrays.
    "[", "]", "[[", "]]", "][", "[]]", "[[]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[\"a\":1]", "[1}", "[}", "[1,\n2", "[a]", "[-]", "[\"a]", "[1]x",
    "[null,]", "[*]", "[...]", "[1,2,3", "[1\x0c]", "[\x0b1]", "[\u00a01]", "[\u20601]", "[\ufeff1]", "[1]\u00a0", "\u00a0[]", "[\u2028]", "[ , ]", "(1)", "<1>",
    # Objects.
    "{", "}", "{]", "{}}", "{{}}", "{a:1}", "{'a':1}", '{"a"}', '{"a":}', '{"a":1', '{"a":1,', '{"a":1,}', '{,"a":1}', '{,}', '{"a":1,,"b":2}', '{"a":1 "b":2}', '{"a":1;"b":2}',
    '{"a":1:2}', '{"a"::1}', '{:1}', '{1:1}', '{null:1}', '{true:1}', '{[]:1}', '{"a",1}', '{"a"=1}', '{"a"=>1}', '{"a" 1}', '{"a":"b}', '{"a:1}', '{"a":1]', '{"a":a}', '{"a":1}x',
    '{"a":1}{"b":2}', '{"a"\x0c:1}', '{"a":1,"b"}', '{"a":1,"b":}', '{"a":[}', '{"a":{]', '{"\\u":1}', '{"a\nb":1}', '{"a":,}', '{"a":1,2}', '{null}', '{"a":/1/}',
    # What other languages have.
    "/**/1", "1/**/", "[1]//x", "[1]/*x*/", "[/*x*/1]", '{"a":/*x*/1}', "#x\n1", "<!-- -->1", "new Date()", "{\"a\":0x10}", "1;", ";1", "1,", ",1", "1 2", "[] []", "\"a\",\"b\"", "void 0", "- -1",
    "[1,2,]", "{\"a\":undefined}", "{\"a\":function(){}}", "0xFF", "`x`", "\"\"\"a\"\"\"", "r\"a\"", "'''a'''",
    # Bytes that are no UTF-8: alone, overlong, surrogates, beyond U+10FFFF, cut off.
    b'"\x80"', b'"\xbf"', b'"\xff"', b'"\xfe"', b'"\xc0\x80"', b'"\xc1\xbf"', b'"\xc0\xaf"', b'"\xe0\x80\x80"', b'"\xe0\x9f\xbf"', b'"\xf0\x80\x80\x80"', b'"\xf0\x8f\xbf\xbf"',
    b'"\xed\xa0\x80"', b'"\xed\xbf\xbf"', b'"\xed\xa0\xb4\xed\xb4\x9e"', b'"\xf4\x90\x80\x80"', b'"\xf5\x80\x80\x80"', b'"\xf8\x88\x80\x80\x80"', b'"\xfc\x84\x80\x80\x80\x80"',
    b'"\xc3"', b'"\xe2\x82"', b'"\xf0\x9d\x84"', b'"\xc3("', b'"\xe2(\xac"', b'"\xf0\x9d(\x9e"', b'"a\xe9b"', b'"\xe2\x82\xac\x80"', b"\xff", b"[\xe9]", b"{\"\xff\":1}", b'"\x00\x61"',
    b'\xa0', b'[1\xc2\xa0]',
]))

# RFC 8259 leaves these to the reader. Two readers of one request must not see two patients, and nothing may be cut off in silence:
# what is ambiguous is refused.
UNDECIDED = [
    ("duplicate members", b'{"a":1,"a":2}', N),
    ("duplicate members with one value", b'{"a":1,"a":1}', N),
    ("duplicate members after unescaping", b'{"a":1,"\\u0061":1}', N),
    ("duplicate members deep inside", b'[[{"b":{"c":[{"a":1,"x":0,"a":2}]}}]]', N),
    ("duplicate empty names", b'{"":1,"":2}', N),
    ("duplicate among many", b"{" + b",".join(b'"k%d":0' % i for i in range(3000)) + b',"k7":1}', N),
    ("duplicate at the start and the end", b'{"a":1,' + b",".join(b'"k%d":0' % i for i in range(200)) + b',"a":1}', N),
    ("lone high surrogate", b'"\\uD800"', N),
    ("lone low surrogate", b'"\\uDC00"', N),
    ("two high surrogates", b'"\\uD800\\uD800"', N),
    ("surrogates in the wrong order", b'"\\uDD1E\\uD834"', N),
    ("high surrogate before a letter", b'"\\uD834a"', N),
    ("high surrogate before an escape", b'"\\uD834\\n"', N),
    ("high surrogate before another character", b'"\\uD834\\u0041"', N),
    ("high surrogate at the end", b'"a\\uDBFF"', N),
    ("lone surrogate in a name", b'{"\\uD800":1}', N),
    ("escaped NUL", b'"\\u0000"', Y),
    ("escaped NUL in the middle", b'"a\\u0000b"', Y),
    ("escaped NUL in a name", b'{"a\\u0000b":1,"a":2}', Y),
    ("escaped non-character", b'"\\uFFFF"', Y),
    ("non-character in a pair", b'"\\uD83F\\uDFFE"', Y),
    ("beyond a double", b"1e309", N),
    ("far beyond a double", b"1e99999", N),
    ("below minus the largest double", b"-1e309", N),
    ("below the smallest double", b"1e-400", Y),
    ("a very small number", b"1e-99999", Y),
    ("an exponent of many digits", b"1e" + b"0" * 500 + b"1", Y),
    ("an integer of 20 digits", b"18446744073709551616", N),
    ("an integer of 40 digits", b"9" * 40, N),
    ("a negative integer of 20 digits", b"-9223372036854775809", N),
    ("a number of 1,024 characters", b"0." + b"1" * 1022, Y),
    ("a number of 1,025 characters", b"0." + b"1" * 1023, N),
    ("a number of 100,000 characters", b"0." + b"1" * 100_000, N),
    ("127 arrays", b"[" * 127 + b"]" * 127, Y),  # and the call around them
    ("128 arrays", b"[" * 128 + b"]" * 128, N),
    ("arrays and objects by turns", b'[{"a":' * 70 + b"1" + b"}]" * 70, N),
    ("100,000 arrays", b"[" * 100_000 + b"]" * 100_000, N),
    ("1,000,000 arrays that do not end", b"[" * 1_000_000, N),
    ("1,000,000 objects that do not end", b'{"a":' * 1_000_000, N),
    ("10,000 members", b"{" + b",".join(b'"k%d":0' % i for i in range(10_000)) + b"}", Y),
    ("10,001 members", b"{" + b",".join(b'"k%d":0' % i for i in range(10_001)) + b"}", N),
    ("a million values", b"[" + b",".join([b"0"] * 1_000_000) + b"]", N),
    ("almost a million values", b"[" + b",".join([b"0"] * 990_000) + b"]", Y),
    ("a million empty arrays", b"[" + b",".join([b"[]"] * 1_000_000) + b"]", N),
    ("a string of 4 MiB", b'"' + b"a" * 4_000_000 + b'"', Y),
    ("a name of 1 MiB", b'{"' + b"a" * 1_000_000 + b'":1}', Y),
    ("a million escapes", b'"' + b"\\n" * 1_000_000 + b'"', Y),
    ("two names that differ in Unicode form", '{"\u00e9":1,"e\u0301":2}'.encode(), Y),
    ("a private character", '"\ue000"'.encode(), Y),
    ("an unassigned character", '"\U000e0fff"'.encode(), Y),
]


def documents(good):
    """Whole bodies made from a good one: name, bytes, whether it is taken."""
    text = good.decode("utf-8")
    yield "as it is", good, Y
    yield "white space around", b" \t\r\n" + good + b" \t\r\n", Y
    yield "a byte order mark", b"\xef\xbb\xbf" + good, N
    yield "two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf" + good, N
    for coding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7", "cp037"):
        yield coding, text.encode(coding), N if coding != "utf-7" else None
    yield "Latin-1", good[:-1] + b',"x":"caf\xe9"}', N
    yield "twice", good + good, N
    yield "twice in lines", good + b"\n" + good, N
    yield "and something", good + b"x", N
    yield "and a comma", good + b",", N
    yield "and NUL", good + b"\0", N
    yield "and NULs", good + b"\0" * 100, N
    yield "NUL first", b"\0" + good, N
    yield "and a control character", good + b"\x1a", N
    yield "without its end", good[:-1], N
    yield "without its beginning", good[1:], N
    yield "in an array", b"[" + good + b"]", N
    yield "as a string", b'"' + good.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"', N
    yield "a record separator first", b"\x1e" + good, N
    yield "a guard against scripts first", b")]}',\n" + good, N
    yield "a form feed inside", good.replace(b":", b":\x0c", 1), N
    yield "the hook twice", b'{"hook":"order-sign",' + good[1:], N
    yield "the patient twice", good.replace(b'"patientId":', b'"patientId":"other","patientId":', 1), N
    yield "the patient twice, once escaped", good.replace(b'"patientId":', b'"patient\\u0049d":"other","patientId":', 1), N
    yield "nothing", b"", N
    yield "white space", b"   \n", N
    for step in (7, 101, 997):
        yield f"cut at each {step}th byte", None, step
