"""What Lighthouse says, as on a phone: `make lighthouse` asks for all of it, `test_lighthouse.py` for what is always so."""

import json
import os
import subprocess
from pathlib import Path

from server.config import CHECKOUT
from tests.browser.phone import chromium

WITHIN_S = 240
#: What each category has at least. Performance depends on what else the machine does: a measurement, not a test.
LEAST = {"performance": 90, "accessibility": 100, "best-practices": 95}


def scores(address: str, categories: tuple[str, ...], folder: Path) -> dict[str, float]:
    """0 to 100 for each category, and the times that performance is made of [ms]. The report stays in `folder`."""
    report = folder / "report.json"
    command = [
        str(CHECKOUT / ".venv/bin/node"),
        str(CHECKOUT / "web/node_modules/lighthouse/cli/index.js"),
        address,
    ]
    command += [
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(categories)}",
    ]
    command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic"]
    environ = os.environ | {"CHROME_PATH": chromium() or "", "LC_ALL": "C.UTF-8"}
    subprocess.run(command, check=True, cwd=folder, env=environ, timeout=WITHIN_S, capture_output=True)
    found = json.loads(report.read_text("utf-8"))
    told = {name: round(100 * found["categories"][name]["score"]) for name in categories}
    if "performance" in categories:
        for name in (
            "first-contentful-paint",
            "largest-contentful-paint",
            "total-blocking-time",
            "speed-index",
        ):
            told[name] = round(found["audits"][name]["numericValue"])
        told["bytes"] = round(found["audits"]["total-byte-weight"]["numericValue"])
    return told


def missed(folder: Path, category: str) -> list[str]:
    """What a category lost points by."""
    found = json.loads((folder / "report.json").read_text("utf-8"))
    audits = (
        found["audits"][one["id"]] for one in found["categories"][category]["auditRefs"] if one["weight"]
    )
    return [f"{one['id']}: {one['title']}" for one in audits if one["score"] not in {None, 1}]
