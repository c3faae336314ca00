"""The review document (`renalpath pathway render`) from outside: what it says, that it is a sound page, that a
hostile pathway file cannot make it anything else, and what a browser makes of it."""

import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import browser  # noqa: E402
import harness  # noqa: E402

SHIPPED = "onc-kidney-2018"
DEFINITION = ROOT / "pathways/definitions" / f"{SHIPPED}.pathway.json"
DEMO = ROOT.parent / "shared/spec/kidney-demo.pathway.json"
NOW = "2026-11-26T09:00:00+01:00"
HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"

# Every element and attribute that the page may hold: whatever else appears came out of a text.
ELEMENTS = {HTML + name for name in (
    "html head meta title style body header main nav section figure div h1 h2 h3 p span strong code a ol ul li dl dt dd "
    "table caption thead tbody tr th td").split()} | {SVG + name for name in "svg g rect text path circle".split()}
ATTRIBUTES = set("lang charset http-equiv content name class id href rel scope rowspan colspan role tabindex aria-label "
                 "aria-hidden viewBox x y width height rx font-size font-weight cx cy r d".split())

HOSTILE = ("</title></style></svg></td></table><script>alert(1)</script><img src=x onerror=alert(1)> "
           "\"'><b onmouseover=alert(1)> &amp; &#60; ]]> <!-- --> {{7*7}} [x](javascript:alert(1)) "
           "https://evil.example/ \u202e" + "W" * 400)
# Properties of a pathway file whose text is shown as it is.
TEXTS = {"title", "publisher", "description", "purpose", "copyright", "label", "edition", "section", "why", "display",
         "name", "role", "note", "question", "because", "summary", "caution", "disclaimer", "assumption", "unlinked",
         "text", "unitText", "statusNote", "accessed"}


def render(pathway, *options):
    done = subprocess.run([harness.BINARY, "pathway", "render", str(pathway), "--now", NOW, *options],
                          capture_output=True, encoding="utf-8", timeout=120, check=False)
    if done.returncode != 0:
        raise AssertionError(f"render ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def spoilt(value, name=None, inside=None):
    """The pathway with the hostile text in every place of a text."""
    if isinstance(value, dict):
        if name == "values":
            return {code: HOSTILE for code in value}
        return {key: spoilt(member, key, name) for key, member in value.items()}
    if isinstance(value, list):
        return [spoilt(item, None, inside) for item in value]
    return HOSTILE if name in TEXTS and isinstance(value, str) else value


def texts_of(root):
    return " ".join(" ".join(root.itertext()).split())


class ShippedReviewTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.file = json.loads(DEFINITION.read_text(encoding="utf-8"))
        cls.page = render(SHIPPED, "--html")
        cls.root = xml.fromstring(cls.page)
        cls.markdown = render(SHIPPED)
        cls.text = texts_of(cls.root)

    def rules(self):
        return [rule for table in self.file["tables"] for rule in table["rules"]]

    def test_page_is_well_formed_and_holds_known_elements_only(self):
        for element in self.root.iter():
            self.assertIn(element.tag, ELEMENTS)
            self.assertLessEqual(set(element.attrib), ATTRIBUTES, element.tag)

    def test_policy_forbids_everything_but_the_one_style(self):
        policy = next(e.get("content") for e in self.root.iter(HTML + "meta")
                      if e.get("http-equiv") == "Content-Security-Policy")
        self.assertIn("default-src 'none'", policy)
        styles = re.findall(r"<style>(.*?)</style>", self.page, re.S)
        self.assertEqual(len(styles), 1)
        digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
        self.assertIn(f"style-src 'sha256-{digest}'", policy)
        self.assertNotRegex(styles[0], r"url\(|@import")

    def test_places_are_unique_and_links_lead_somewhere(self):
        places = [e.get("id") for e in self.root.iter() if e.get("id")]
        self.assertEqual(len(places), len(set(places)))
        for link in self.root.iter(HTML + "a"):
            target = link.get("href")
            if target.startswith("#"):
                self.assertIn(target[1:], places)
            else:
                self.assertTrue(target.startswith("https://"), target)

    def test_headings_go_down_one_step_at_a_time(self):
        levels = [int(e.tag[-1]) for e in self.root.iter() if re.fullmatch(re.escape(HTML) + "h[1-6]", e.tag)]
        self.assertEqual(levels[0], 1)
        self.assertEqual(levels.count(1), 1)
        for before, after in zip(levels, levels[1:]):
            self.assertLessEqual(after, before + 1)

    def test_everything_of_the_file_is_there(self):
        places = {e.get("id") for e in self.root.iter()}
        expected = [f"rule-{rule['id']}" for rule in self.rules()]
        expected += [f"check-{check['id']}" for check in self.file["checks"]]
        for kind, name in (("input", "inputs"), ("action", "actions"), ("source", "sources"),
                           ("parameter", "parameters"), ("codes", "valueSets"), ("focus", "focus")):
            expected += [f"{kind}-{key}" for key in self.file[name]]
        expected += [f"table-{table['id']}" for table in self.file["tables"]]
        expected += [f"gate-{gate['id']}" for gate in self.file["gate"]]
        self.assertEqual(sorted(set(expected) - places), [])

    def shown(self, text):
        """A text of the file as the document has it: placeholders of parameters are filled in there."""
        return [" ".join(part.split()) for part in re.split(r"\{\w+\}", text)]

    def test_sentences_of_the_file_are_there(self):
        plain = re.sub(r"\\(?=[^\w\s])", "", " ".join(self.markdown.split()))
        for entry in self.rules() + self.file["checks"] + self.file["gate"]:
            for part in self.shown(entry.get("because", "")):
                self.assertIn(part, self.text)
                self.assertIn(part, plain)
        for entry in self.file["inputs"].values():
            self.assertIn(entry["question"], self.text)
            self.assertIn(entry["question"], plain)

    def test_policy_is_marked_wherever_the_file_marks_it(self):
        marked = 0
        for kind, entries in (("rule", self.rules()), ("check", self.file["checks"]), ("gate", self.file["gate"])):
            for entry in entries:
                row = next(e for e in self.root.iter() if e.get("id") == f"{kind}-{entry['id']}")
                marks = [e for e in row.iter(HTML + "span") if e.get("class") == "mark policy"]
                self.assertEqual(len(marks), 1 if entry.get("policy") else 0, entry["id"])
                marked += len(marks)
        self.assertGreater(marked, 10)

    def test_hash_stands_where_it_is_signed(self):
        approval = next(e for e in self.root.iter(HTML + "section") if e.get("id") == "approval")
        digest = re.search(r"sha256:[0-9a-f]{64}", texts_of(approval))[0]
        self.assertIn(digest, self.markdown)
        self.assertGreaterEqual(len(list(approval.iter(HTML + "tr"))), 5)

    def test_no_word_of_the_catalogue_is_left_open(self):
        without_code = re.sub(r"<(code|style)>.*?</\1>", "", self.page, flags=re.S)
        self.assertNotRegex(without_code, r"\{\w+\}")


class CommandTest(unittest.TestCase):
    """The files that the command is given, and what it says about those it cannot use."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.pathway = json.loads(DEFINITION.read_text(encoding="utf-8"))

    def write(self, name, value):
        path = self.folder / name
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return str(path)

    def fails(self, *arguments):
        done = subprocess.run([harness.BINARY, "pathway", "render", *arguments], capture_output=True, encoding="utf-8",
                              timeout=120, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_difference_to_an_earlier_version_is_shown(self):
        earlier = json.loads(json.dumps(self.pathway))
        earlier["version"] = "0.0.1"
        earlier["parameters"]["older_age"]["value"] = "80"
        text = render(SHIPPED, "--previous", self.write("earlier.pathway.json", earlier))
        changes = text.split("## Changes since")[1].split("\n## ")[0]
        self.assertIn("Compared with version 0.0.1.", changes)
        self.assertIn("| Table | Patients | Before | After |", changes)
        self.assertIn("ONC-18", changes)
        self.assertIn("parameters.older_age.value", changes)

    def test_the_same_decisions_are_said_to_be_the_same(self):
        earlier = json.loads(json.dumps(self.pathway))
        earlier["version"] = "0.0.1"
        text = render(SHIPPED, "--previous", self.write("earlier.pathway.json", earlier))
        self.assertIn("There is no patient for whom the two versions decide differently.", text)

    def test_cases_are_run(self):
        cases = {"pathway": self.pathway["url"], "now": NOW, "cases": [
            {"name": "nothing known", "inputs": {}, "expect": {"outcome": "recommendation"}}]}
        text = render(SHIPPED, "--cases", self.write("own.cases.json", cases))
        self.assertIn("0 cases pass, one case fails.", text)
        self.assertIn("one test case fails", text.split("## About")[0])

    def test_result_goes_to_a_file(self):
        out = self.folder / "review.html"
        self.assertEqual(render(SHIPPED, "--html", "--out", str(out)), "")
        self.assertEqual(out.read_text(encoding="utf-8"), render(SHIPPED, "--html"))

    def test_files_that_cannot_be_used_are_named(self):
        broken = self.write("broken.pathway.json", "{")
        absent = str(self.folder / "absent.json")
        self.assertIn("broken.pathway.json:1:2: error L101", self.fails(broken))
        self.assertIn("absent.json: no file", self.fails(absent))
        self.assertIn("broken.pathway.json:1:2: error L101", self.fails(SHIPPED, "--previous", broken))
        self.assertIn("absent.json: the file cannot be read", self.fails(SHIPPED, "--cases", absent))


class HostileReviewTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        pathway = spoilt(json.loads(DEFINITION.read_text(encoding="utf-8")))
        cls.file = pathlib.Path(cls.folder.name, "hostile.pathway.json")
        cls.file.write_text(json.dumps(pathway), encoding="utf-8")
        cls.page = render(cls.file, "--html")
        cls.markdown = render(cls.file)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_page_holds_known_elements_only(self):
        root = xml.fromstring(self.page)
        for element in root.iter():
            self.assertIn(element.tag, ELEMENTS)
            self.assertLessEqual(set(element.attrib), ATTRIBUTES, element.tag)
            self.assertNotIn("javascript", element.get("href", ""))
        self.assertIn("<script>alert(1)</script>", texts_of(root))

    def test_texts_do_not_reorder_what_is_read(self):
        self.assertNotIn("\u202e", self.page)
        self.assertNotIn("\u202e", self.markdown)

    def test_page_stays_near_the_size_of_the_file(self):
        self.assertLess(len(self.page), 40 * self.file.stat().st_size)


class BrowserReviewTest(unittest.TestCase):
    """What the page does in a browser, and whether every text of the picture fits its box there."""

    PAGES = (("shipped", SHIPPED), ("demo", DEMO))

    @classmethod
    def setUpClass(cls):
        cls.tab = browser.Page().__enter__()
        cls.addClassCleanup(cls.tab.__exit__)
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        hostile = pathlib.Path(cls.folder.name, "hostile.pathway.json")
        hostile.write_text(json.dumps(spoilt(json.loads(DEFINITION.read_text(encoding="utf-8")))), encoding="utf-8")
        cls.files = {}
        for name, pathway in (*cls.PAGES, ("hostile", hostile)):
            if pathway == DEMO and not DEMO.exists():
                continue
            cls.files[name] = os.path.join(cls.folder.name, name + ".html")
            pathlib.Path(cls.files[name]).write_text(render(pathway, "--html"), encoding="utf-8")

    def pages(self):
        """Opens each page; gives what a failure is labelled with."""
        for name, file in self.files.items():
            self.tab.open(file)
            yield self.subTest(page=name)

    def test_nothing_is_loaded_and_nobody_complains(self):
        for page in self.pages():
            with page:
                self.assertEqual(self.tab.complaints(), [])
                self.assertEqual([url for url in self.tab.requested() if not url.startswith("file://")], [])
                self.assertEqual(len(self.tab.requested()), 1)

    def test_style_is_applied(self):
        for page in self.pages():
            with page:
                self.assertEqual(self.tab.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse"),
                                 "collapse")

    def test_nothing_sticks_out_at_any_width(self):
        for page in self.pages():
            with page:
                for width in (1400, 1000, 600, 400):
                    self.tab.resize(width)
                    excess = self.tab.evaluate(
                        "document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    self.assertLessEqual(excess, 0, f"at {width} px")
                self.tab.resize(1200)

    def test_texts_of_the_picture_are_inside_their_boxes(self):
        script = """[...document.querySelectorAll('svg g.box')].flatMap(box => {
            const room = box.querySelector(':scope > rect').getBBox();
            return [...box.querySelectorAll(':scope > text')].filter(text => {
              const is = text.getBBox();
              return is.x < room.x || is.y < room.y || is.x + is.width > room.x + room.width ||
                     is.y + is.height > room.y + room.height;
            }).map(text => text.textContent);
          })"""
        for page in self.pages():
            with page:
                self.assertGreater(self.tab.evaluate("document.querySelectorAll('svg g.box > text').length"), 20)
                self.assertEqual(self.tab.evaluate(script), [])

    def test_texts_of_the_picture_do_not_lie_on_each_other(self):
        script = """[...document.querySelectorAll('svg')].flatMap(svg => {
            const boxes = [...svg.querySelectorAll('text')].map(t => [t.getBBox(), t.textContent]);
            const bad = [];
            boxes.forEach(([a, one], i) => boxes.slice(i + 1).forEach(([b, other]) => {
              const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
              const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
              if (across > 1 && down > 3) bad.push(one + ' / ' + other);
            }));
            return bad;
          })"""
        for page in self.pages():
            with page:
                self.assertEqual(self.tab.evaluate(script), [])

    def test_letters_stand_out_from_the_ground(self):
        script = """(() => {
          const parts = c => c.match(/[0-9.]+/g).map(Number);
          const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255;
            return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const ground = e => { for (; e; e = e.parentElement) {
            const c = parts(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
            return [255, 255, 255]; };
          const bad = new Set();
          const look = (ink, paper, name) => { const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
            if ((a + 0.05) / (b + 0.05) < 4.5) bad.add(name); };
          for (const e of document.querySelectorAll('p, td, th, dd, dt, a, code, span, li, h1, h2, h3, caption'))
            look(parts(getComputedStyle(e).color), ground(e), e.tagName + '.' + e.className);
          for (const e of document.querySelectorAll('svg g.box > text')) {
            let box = e.parentElement, paper = null;
            while (!paper) { const fill = getComputedStyle(box.querySelector(':scope > rect')).fill;
              if (fill !== 'none') paper = parts(fill); else box = box.parentElement.closest('g.box'); }
            look(parts(getComputedStyle(e).fill), paper, 'picture ' + box.getAttribute('class'));
          }
          return [...bad];
        })()"""
        for page in self.pages():
            with page:
                for dark in (False, True):
                    self.tab.dark(dark)
                    self.assertEqual(self.tab.evaluate(script), [], "dark" if dark else "light")
                self.tab.dark(False)


if __name__ == "__main__":
    unittest.main()
