"""Pages of other origins: what preflights say, and a page in a real browser that calls the server."""

import http.server
import json
import threading
import unittest
from pathlib import Path

from browser import Page
from harness import Server

SAMPLE = Path(__file__).parents[2] / "deploy/sample/small-peripheral-tumour.order-sign.json"
SERVICE = "/cds-services/onc-kidney-2018-order-sign"
HERE = "https://page.example"

# What a client in a page does: each step by fetch(), as the page's origin.
SCRIPT = """
(async () => {
  const base = %s, request = %s, done = {};
  const discovery = await fetch(base + "/cds-services", {headers: {Authorization: "Bearer x"}});
  done.services = (await discovery.json()).services.length;
  const post = (path, body) => fetch(base + path, {
    method: "POST", headers: {"Content-Type": "application/json", Authorization: "Bearer x"},
    body: JSON.stringify(body)});
  const answer = await post("%s", request);
  done.language = answer.headers.get("Content-Language");
  const cards = (await answer.json()).cards;
  done.cards = cards.length;
  const feedback = await post("%s/feedback", {feedback: [{
    card: cards[0].uuid, outcome: "accepted", acceptedSuggestions: [{id: cards[0].suggestions[0].uuid}],
    outcomeTimestamp: new Date().toISOString()}]});
  done.feedback = feedback.status;
  done.stored = (await feedback.json()).stored;
  const refused = await post("/cds-services/none", request);
  done.status = refused.status;
  done.error = (await refused.json()).resourceType;
  return done;
})().catch(problem => String(problem))
"""


class PageServer:
    """A page on a port of its own, hence of another origin."""

    def __enter__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = b"<!doctype html><title>client</title>"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *unused):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *unused):
        self.server.shutdown()
        self.server.server_close()


def server_for(origin):
    return Server(config=f'[cors]\norigins = ["{origin}"]\n')


class PreflightTest(unittest.TestCase):
    def ask(self, server, method, path, origin, body=None, **fields):
        headers = {"Origin": origin} if origin else {}
        headers.update({name.replace("_", "-"): value for name, value in fields.items()})
        status, answer, _ = server.exchange(method, path, body, headers)
        return status, answer

    def test_preflights_need_no_token_on_any_route(self):
        with server_for(HERE) as server:
            for path in ("/cds-services", SERVICE, SERVICE + "/feedback", "/cds-services/", "/health/ready"):
                with self.subTest(path):
                    status, fields = self.ask(server, "OPTIONS", path, HERE, Access_Control_Request_Method="POST")
                    self.assertEqual(status, 204)
                    self.assertEqual(fields["Access-Control-Allow-Origin"], HERE)
                    self.assertIn("POST", fields["Access-Control-Allow-Methods"])
                    self.assertIn("Authorization", fields["Access-Control-Allow-Headers"])
                    self.assertIn("Origin", fields.get_all("Vary"))

    def test_another_origin_is_told_nothing(self):
        with server_for(HERE) as server:
            for origin in ("https://other.example", "http://page.example", HERE + "/", "null", None):
                with self.subTest(origin):
                    status, fields = self.ask(server, "OPTIONS", SERVICE, origin, Access_Control_Request_Method="POST")
                    self.assertEqual(status, 204)
                    self.assertFalse([name for name in fields if name.lower().startswith("access-control-")])

    def test_errors_can_be_read_too(self):
        with server_for(HERE) as server:
            rows = {
                400: ("POST", SERVICE, {"hook": "order-sign"}),
                404: ("POST", "/cds-services/none", {}),
                405: ("GET", SERVICE, None),
                415: ("POST", SERVICE, {}),
            }
            for expected, (method, path, body) in rows.items():
                with self.subTest(expected):
                    fields = {"Content_Encoding": "gzip"} if expected == 415 else {}
                    status, answer = self.ask(server, method, path, HERE, body, **fields)
                    self.assertEqual(status, expected)
                    self.assertEqual(answer["Access-Control-Allow-Origin"], HERE)

    def test_off_by_default(self):
        with Server() as server:
            status, fields = self.ask(server, "OPTIONS", SERVICE, HERE, Access_Control_Request_Method="POST")
            self.assertEqual(status, 204)
            self.assertFalse([name for name in fields if name.lower().startswith("access-control-")])
            self.assertIsNone(fields["Vary"])


class BrowserTest(unittest.TestCase):
    def run_client(self, origin_of):
        with PageServer() as pages, server_for(origin_of(pages)) as server, Page() as page:
            page.visit(pages.origin + "/")
            request = json.loads(SAMPLE.read_text(encoding="utf-8"))
            base = json.dumps(f"http://127.0.0.1:{server.port}")
            return page.evaluate(SCRIPT % (base, json.dumps(request), SERVICE, SERVICE))

    def test_a_page_discovers_calls_gives_feedback_and_reads_errors(self):
        done = self.run_client(lambda pages: pages.origin)
        self.assertIsInstance(done, dict, done)
        self.assertEqual(done, {"services": done["services"], "language": "en", "cards": 1, "feedback": 200,
                                "stored": 1, "status": 404, "error": "OperationOutcome"})
        self.assertGreater(done["services"], 2)

    def test_a_page_that_is_not_listed_cannot(self):
        self.assertIn("Failed to fetch", self.run_client(lambda pages: "https://other.example"))


if __name__ == "__main__":
    unittest.main()
