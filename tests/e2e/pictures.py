"""Draws the pictures of the README (deploy/pictures): what the program shows, in a real browser."""

import base64
import pathlib
import subprocess
import sys
import tempfile

import harness
from browser import Page

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "deploy/sample"
SAMPLE = "small-peripheral-tumour.order-sign"
CONSOLE = f'[service]\noutcome = true\n[console]\nenabled = true\nsamples = "{SAMPLES}"\n'
MOST_BYTES = 150_000
QUALITIES = (90, 80, 70, 60, 50)


def wait_for(page, condition):
    harness.until(lambda: page.evaluate(condition), f"never came true: {condition}")


def save(page, path, width, height):
    """Writes what the page shows, in the best quality that is small enough for a repository."""
    for quality in QUALITIES:
        picture = base64.b64decode(page.call("Page.captureScreenshot", format="webp", quality=quality, clip={
            "x": 0, "y": 0, "width": width, "height": height, "scale": 1})["data"])
        if len(picture) <= MOST_BYTES:
            break
    else:
        raise AssertionError(f"{path.name} is larger than {MOST_BYTES} bytes")
    path.write_bytes(picture)
    print(f"{path}: {len(picture)} bytes, quality {quality}")


def draw_console(page, path):
    with harness.Server(config=CONSOLE) as server:
        page.resize(1440, 1000)
        page.visit(f"http://127.0.0.1:{server.port}/")
        wait_for(page, "document.getElementById('page')?.getAttribute('aria-busy') === 'false'")
        save(page, path, 1440, 1000)


def draw_brief(page, path):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([harness.BINARY, "board", "--from", str(SAMPLES / f"{SAMPLE}.json"), "--out", folder, "--now", harness.NOW],
                       check=True, capture_output=True, timeout=120)
        page.resize(900, 1270)
        page.open(str(next(pathlib.Path(folder).glob("briefs/*.html"))))
        save(page, path, 900, 1170)


def main():
    folder = pathlib.Path(sys.argv[1])
    with Page() as page:
        draw_console(page, folder / "console.webp")
        draw_brief(page, folder / "brief.webp")


if __name__ == "__main__":
    main()
