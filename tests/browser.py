#!/usr/bin/env python3
"""Holds the HTML report against a real browser: headless Chromium, driven over a pipe.

    tests/browser.py TOOL                 checks pages of fixtures, lab and hostile captures
    tests/browser.py TOOL --looks DIR     screenshots and PDFs to look at, of both lab captures
    tests/browser.py TOOL --docs DIR      writes the small pictures under docs/img anew
    tests/browser.py TOOL --speed FILE    times a page of this capture

Needs Python's standard library and Chromium alone; pages of the PDF are read by pdftotext where
it is there. What is missing is said loudly. Exit code 0: all holds, 1: something does not.
"""

import argparse
import base64
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
SHARED = HERE.parent / "shared"
WIDTHS = {390: 844, 768: 1024, 1280: 900}
THEMES = ("light", "dark")
PAPERS = {"A4": (8.27, 11.69), "Letter": (8.5, 11.0)}
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


class Browser:
    """One Chromium, spoken to in JSON with a zero byte behind each message."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="whereto-browser-")
        order_out, order_in = os.pipe()
        answer_out, answer_in = os.pipe()
        command = [
            program, "--headless=new", "--remote-debugging-pipe", "--disable-gpu",
            "--no-first-run", "--no-default-browser-check", "--disable-extensions",
            "--disable-background-networking", "--disable-sync", "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars", "--force-color-profile=srgb",
            f"--user-data-dir={self.folder}", "about:blank",
        ]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")
        # The shell gives the pipes the numbers that Chromium expects.
        shell = f'exec 3<&{order_out} 4>&{answer_in}; exec "$@"'
        self.process = subprocess.Popen(
            ["bash", "-c", shell, "browser", *command], pass_fds=(order_out, answer_in),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(order_out)
        os.close(answer_in)
        self.to, self.answers, self.rest = order_in, answer_out, b""
        self.number, self.events = 0, []

    def read(self, timeout):
        """The next message, or None."""
        until = time.monotonic() + timeout
        while b"\0" not in self.rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.answers], [], [], left)[0]:
                return None
            part = os.read(self.answers, 1 << 20)
            if not part:
                raise SystemExit("the browser ended by itself")
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, timeout=120, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        until = time.monotonic() + timeout
        while True:
            answer = self.read(until - time.monotonic())
            if answer is None:
                raise SystemExit(f"no answer to {method} in {timeout} s")
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def close(self):
        try:
            self.call("Browser.close", timeout=10)
            self.process.wait(timeout=10)
        except (SystemExit, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.to)
        os.close(self.answers)
        shutil.rmtree(self.folder, ignore_errors=True)


class Tab:
    """One page in a tab of its own, and everything that it asked for or said."""

    def __init__(self, browser, path, width=1280, theme="light", script=True, fragment=""):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.target = target
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.size(width)
        self.theme(theme)
        if not script:
            self.call("Emulation.setScriptExecutionDisabled", value=True)
        self.call("Page.addScriptToEvaluateOnNewDocument", source=BEFORE)
        self.url = path.as_uri() + fragment
        browser.events.clear()
        self.call("Page.navigate", url=self.url)
        self.wait("Page.loadEventFired")

    def call(self, method, **parameters):
        return self.browser.call(method, session=self.session, **parameters)

    def wait(self, method, timeout=60):
        until = time.monotonic() + timeout
        while not any(event.get("method") == method for event in self.browser.events):
            event = self.browser.read(until - time.monotonic())
            if event is None:
                raise SystemExit(f"no {method} of {self.url}")
            self.browser.events.append(event)
            if event.get("method") == "Page.javascriptDialogOpening":
                self.call("Page.handleJavaScriptDialog", accept=False)

    def size(self, width):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=WIDTHS.get(width, 900),
                  deviceScaleFactor=1, mobile=width < 500)

    def theme(self, name, media=""):
        self.call("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": name}])

    def run(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"{self.url}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def key(self, name, code, text="", shift=False):
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name,
                      windowsVirtualKeyCode=code, modifiers=8 if shift else 0, **more)

    def noise(self):
        """Requests beside the file, console messages, dialogs, uncaught errors."""
        time.sleep(0.05)
        self.call("Runtime.evaluate", expression="0")
        found = []
        for event in self.browser.events:
            method, of = event.get("method"), event.get("params", {})
            if method == "Network.requestWillBeSent":
                url = of["request"]["url"]
                if url.split("#")[0] != self.url.split("#")[0] and url != "data:,":
                    found.append(f"asks for {url[:100]}")
            elif method == "Page.frameScheduledNavigation" and of["url"].split("#")[0] == self.url.split("#")[0]:
                continue
            elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded",
                            "Page.javascriptDialogOpening", "Page.frameAttached", "Page.windowOpen",
                            "Network.webSocketCreated", "Page.frameScheduledNavigation"):
                found.append(f"{method}: {json.dumps(of)[:200]}")
        return found

    def picture(self, path, whole=True, form="png", quality=None, clip=None):
        if whole and not clip:
            box = self.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": box["width"], "height": min(box["height"], 16000)}
        more = {"clip": {**clip, "scale": 1}} if clip else {}
        if quality:
            more["quality"] = quality
        data = self.call("Page.captureScreenshot", format=form, captureBeyondViewport=whole, **more)
        path.write_bytes(base64.b64decode(data["data"]))

    def pdf(self, path, paper):
        wide, high = PAPERS[paper]
        data = self.call("Page.printToPDF", paperWidth=wide, paperHeight=high, printBackground=False,
                         preferCSSPageSize=False)
        path.write_bytes(base64.b64decode(data["data"]))

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)
        self.browser.events.clear()


class Checks:
    """What was held, and what did not hold."""

    def __init__(self):
        self.held, self.failed = 0, []

    def __call__(self, holds, what):
        if holds:
            self.held += 1
        else:
            self.failed.append(what)
            print(f"FAILED: {what}", flush=True)


def skip(why):
    print(f"SKIPPED: {why}", file=sys.stderr, flush=True)


# ---- the pages ----------------------------------------------------------------------------------

def audited(tool, out, capture, *options):
    """Writes the page of a capture; the report is there whatever it found."""
    command = [tool, "audit", *options, "-o", str(out), str(capture)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE,
                          env={**os.environ, "WHERETO_DATA_DIR": "/nonexistent"})
    if done.returncode not in (0, 1, 3, 4):
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return out


def lab(tool, folder, which):
    """The page of a lab capture, with everything that can be said of it."""
    base = f"fixtures/redmi-india-{which}"
    options = ["--policy", "market-india", "--about", f"{base}/about.toml", "--vantage", "IN"]
    for claims in sorted((HERE / "fixtures/claims").glob("*.toml")):
        options += ["--claims", str(claims.relative_to(HERE))]
    if which == "after":
        options += ["--phases", f"{base}/phases.csv"]
    return audited(tool, folder / f"{which}.html", f"{base}/capture.pcap", *options)


def compared(tool, out, before, after, *options):
    """The page of a comparison."""
    command = [str(tool), "diff", str(before), str(after), "-o", str(out), *options]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode not in (0, 1, 3, 4):
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return out


def lab_compared(tool, folder):
    sides = [HERE / f"fixtures/redmi-india-{which}" for which in ("before", "after")]
    options = ["--vantage", "IN"]
    for claims in sorted((HERE / "fixtures/claims").glob("*.toml")):
        options += ["--claims", str(claims.relative_to(HERE))]
    for side, which in zip(sides, ("before", "after")):
        options += [f"--about-{which}", side / "about.toml"]
    return compared(tool, folder / "compared.html", *(side / "capture.pcap" for side in sides), *map(str, options))


def pages(tool, folder):
    """Name, page, and whether its capture is hostile."""
    found = [("lab before", lab(tool, folder, "before"), False),
             ("lab after", lab(tool, folder, "after"), False)]
    # Wherever the checks run, captures lie where a path has no place to break a line.
    long = folder / ("capturesofalongtest" * 4)
    for fixture in sorted((HERE / "fixtures").iterdir()):
        for capture in sorted(fixture.glob("capture.pcap*")):
            placed = long / fixture.name / capture.name
            placed.parent.mkdir(parents=True)
            shutil.copyfile(capture, placed)
            out = audited(tool, folder / f"{fixture.name}.html", placed, "--expect", "IN,SG,US")
            found.append((fixture.name, out, fixture.name.startswith("hostile")))
    script = SHARED / "tools/hostile.py"
    if script.exists():
        made = folder / "hostile"
        subprocess.run([sys.executable, "-B", str(script), str(made)], check=True,
                       stdout=subprocess.DEVNULL)
        last = HERE / "fixtures/redmi-india-after/capture.pcap"
        for capture in sorted(made.glob("*.pcap*")):
            out = audited(tool, folder / f"made-{capture.name}.html", capture, "--expect", "IN")
            found.append((capture.name, out, True))
            out = compared(tool, folder / f"compared-{capture.name}.html", last, capture)
            found.append((f"compared {capture.name}", out, True))
            last = capture
    else:
        skip("hostile.py is not here: fixtures/hostile-names alone has hostile names")
    found.append(("lab compared", lab_compared(tool, folder), False))
    return found


def many_rows(tool, folder):
    """A capture of 450 flows to as many addresses, so that tables have several pages."""
    packets = []
    for number in range(450):
        ip = bytearray(bytes.fromhex("4500002800010000400600000a000002") + bytes([198, 51, number // 200, number % 200 + 1]))
        total = sum(int.from_bytes(ip[at:at + 2], "big") for at in range(0, 20, 2))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        ip[10:12] = (~total & 0xFFFF).to_bytes(2, "big")
        tcp = (20000 + number).to_bytes(2, "big") + b"\x01\xbb" + bytes(8) + b"\x50\x02\xff\xff" + bytes(4)
        packets.append(bytes(ip) + tcp)
    data = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000065000000")
    for number, packet in enumerate(packets):
        size = len(packet).to_bytes(4, "little")
        data += (1_700_000_000 + number).to_bytes(4, "little") + bytes(4) + size + size + packet
    capture = folder / "many.pcap"
    capture.write_bytes(data)
    return audited(tool, folder / "many.html", capture, "--expect", "IN")


# ---- checks -------------------------------------------------------------------------------------

def silent(tab, check, name):
    noise = tab.noise()
    check(not noise, f"{name}: {noise[:3]}")


def inert(tab, check, name):
    """Nothing of the capture became markup, script or a link."""
    found = tab.run(INERT)
    check(not found, f"{name}: {found}")


def hostile(browser, check, name, path, folder):
    text = path.read_text(encoding="utf-8")
    bare, removed = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    check(removed == 1, f"{name}: one policy in the page")
    without = folder / f"bare-{path.name}"
    without.write_text(bare, encoding="utf-8")
    # The canaries themselves: the page without its policy does run what is put into it.
    lures = folder / "lure.html"
    lures.write_text(bare.replace("</main>", "<img src=x onerror=window.__pwned=1></main>"), encoding="utf-8")
    for page, what in ((path, name), (without, f"{name} without its policy")):
        tab = Tab(browser, page)
        tab.run("document.querySelectorAll('details').forEach(d=>d.open=true)")
        tab.run("document.querySelectorAll('main a[href],main button').forEach(b=>b.click())")
        inert(tab, check, what)
        silent(tab, check, what)
        tab.close()
    tab = Tab(browser, lures)
    check(len(tab.run(INERT)) > 0 and tab.noise(), f"{name}: the canary of this check is dead")
    tab.close()


def tables(tab, check, name):
    """Each table sorts by each column, filters, and counts what it shows."""
    for table in tab.run("[...document.querySelectorAll('form.tools')].map(f=>f.dataset.for)"):
        where = f"{name}, table {table}"
        check(tab.run(f"!document.querySelector('form[data-for={table}]').hidden"), f"{where}: no tools")
        heads = tab.run(f"document.getElementById('{table}').tHead.rows[0].cells.length")
        for column in range(heads):
            for order in ("ascending", "descending"):
                found = tab.run(SORTED % {"table": table, "column": column, "order": order})
                check(found == "", f"{where}, column {column}, {order}: {found}")
        found = tab.run(FILTERED % {"table": table})
        check(found == "", f"{where}: {found}")


def deep_links(browser, check, name, path):
    tab = Tab(browser, path)
    ids = tab.run("[...document.querySelectorAll('main [id]')].map(e=>e.id)"
                  ".filter(i=>/^(d-|flow-|claim-|EC|rule-|picture-|[a-z]+$)/.test(i))")
    tab.close()
    rows = [one for one in ids if re.match(r"(d|flow)-\d+$", one)]
    some = [one for one in ids if one not in rows and len(one) > 2][:14]
    some += rows[:1] + rows[len(rows) // 2:len(rows) // 2 + 1] + rows[-1:]
    for one in some:
        tab = Tab(browser, path, fragment="#" + one)
        time.sleep(0.1)
        seen = tab.run(f"(()=>{{const e=document.getElementById({one!r}).getBoundingClientRect();"
                       "return e.bottom>0&&e.top<innerHeight&&e.height>0})()")
        check(seen, f"{name}: #{one} is not in sight")
        silent(tab, check, f"{name} #{one}")
        tab.close()
    return len(some)


def without_script(browser, check, name, path):
    tab = Tab(browser, path, script=False)
    found = tab.run(READABLE)
    check(not found, f"{name} without JavaScript: {found}")
    silent(tab, check, f"{name} without JavaScript")
    tab.close()


def widths_and_themes(tab, check, name):
    for width in WIDTHS:
        tab.size(width)
        over = tab.run(OVERFLOW)
        check(not over, f"{name} at {width}: {over}")
        for theme in THEMES:
            tab.theme(theme)
            found = tab.run(CONTRAST)
            check(not found, f"{name} at {width}, {theme}: {found[:4]}")
    tab.theme("light")
    tab.size(1280)


def structure(tab, check, name):
    found = tab.run(STRUCTURE)
    check(not found, f"{name}: {found}")
    tab.call("Accessibility.enable")
    nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
    named = {"link", "button", "image", "searchbox", "combobox", "checkbox", "navigation", "table"}
    for node in nodes:
        role = node.get("role", {}).get("value")
        if role in named and not node.get("ignored") and not node.get("name", {}).get("value"):
            check(False, f"{name}: a {role} without a name")
    roles = {node.get("role", {}).get("value") for node in nodes if not node.get("ignored")}
    for role in ("banner", "navigation", "main", "contentinfo"):
        check(role in roles, f"{name}: no landmark {role}")
    tab.call("Accessibility.disable")


def keyboard(tab, check, name):
    """From the top by Tab: each stop is seen; a heading sorts by Enter and by Space."""
    tab.run("scrollTo(0,0);document.activeElement.blur()")
    stops, sorts = set(), 0
    for _ in range(400):
        tab.key("Tab", 9)
        at = tab.run(FOCUS)
        if at is None or at["where"] in stops:
            break
        stops.add(at["where"])
        check(at["seen"], f"{name}: no visible focus on {at['where']}")
        if at["sort"] and sorts < 2:
            sorts += 1
            name_of, code, text = (("Enter", 13, "\r"), ("Space", 32, " "))[sorts - 1]
            tab.key(" " if name_of == "Space" else name_of, code, text)
            order = tab.run("document.activeElement.closest('th').getAttribute('aria-sort')")
            check(order == "ascending", f"{name}: {name_of} does not sort: {order}")
    check(len(stops) > 8 and sorts == 2, f"{name}: {len(stops)} stops, {sorts} sorted by keyboard")


def printed(tab, check, name, folder):
    """Marks at both ends of what must not be cut; then on which page of the PDF each stands."""
    if not shutil.which("pdftotext"):
        skip("pdftotext is not here: pages of PDFs are not looked at")
        return
    marks = tab.run(MARKS)
    for paper in PAPERS:
        out = folder / f"print-{paper}.pdf"
        tab.pdf(out, paper)
        text = subprocess.run(["pdftotext", "-raw", str(out), "-"], check=True, capture_output=True).stdout
        sheets = text.decode("utf-8", "replace").split("\f")[:-1]
        on = {}
        for number, sheet in enumerate(sheets):
            check(re.search(rf"\b{number + 1} / {len(sheets)}\b", sheet), f"{name} on {paper}: page {number + 1} has no number")
            for mark in re.findall(r"qz[a-z]\d+[a-z]", sheet):
                on.setdefault(mark, []).append(number)
        for mark in marks["pairs"]:
            first, last = on.get(mark + "a"), on.get(mark + "b")
            check(first and first == last, f"{name} on {paper}: {mark} is on pages {first} to {last}")
        for table, rows in marks["heads"].items():
            needed = sorted({page for row in rows for page in on.get(row + "a", [])})
            check(on.get(table + "h") == needed, f"{name} on {paper}: head {table} on {on.get(table + 'h')}, rows on {needed}")
        check(len(marks["pairs"]) > 5, f"{name}: only {len(marks['pairs'])} rows to look at")


def all_checks(tool, browser, check, folder):
    every = pages(tool, folder)
    many = many_rows(tool, folder)
    for name, path, dangerous in every:
        tab = Tab(browser, path)
        silent(tab, check, name)
        inert(tab, check, name)
        structure(tab, check, name)
        widths_and_themes(tab, check, name)
        tables(tab, check, name)
        silent(tab, check, f"{name} after use")
        tab.close()
        without_script(browser, check, name, path)
        if dangerous:
            hostile(browser, check, name, path, folder)
    for name, path in (("lab after", every[1][1]), ("many rows", many)):
        followed = deep_links(browser, check, name, path)
        check(followed > 5, f"{name}: only {followed} links to follow")
    for name, path in (("lab before", every[0][1]), ("lab after", every[1][1])):
        tab = Tab(browser, path)
        keyboard(tab, check, name)
        silent(tab, check, f"{name} by keyboard")
        tab.close()
    tab = Tab(browser, many)
    tables(tab, check, "many rows")
    found = tab.run(PAGED)
    check(found == "", f"many rows: {found}")
    silent(tab, check, "many rows")
    tab.close()
    for name, path in (("lab after", every[1][1]), ("many rows", many)):
        tab = Tab(browser, path)
        printed(tab, check, name, folder)
        tab.close()


# ---- to look at ---------------------------------------------------------------------------------

def looks(tool, browser, out, folder):
    out.mkdir(parents=True, exist_ok=True)
    for which in ("before", "after"):
        path = lab(tool, folder, which)
        for width in WIDTHS:
            for theme in THEMES:
                tab = Tab(browser, path, width, theme)
                tab.picture(out / f"{which}-{width}-{theme}.png")
                tab.close()
        tab = Tab(browser, path)
        for paper in PAPERS:
            tab.pdf(out / f"{which}-{paper}.pdf", paper)
        tab.close()


def docs(tool, browser, out, folder):
    """Small ones for the guides: the top of the page, a card, the pictures, the tables."""
    out.mkdir(parents=True, exist_ok=True)
    path = lab(tool, folder, "after")
    shots = [("report-1280-light", 1280, "light", None), ("report-1280-dark", 1280, "dark", None),
             ("report-768-light", 768, "light", None), ("report-390-light", 390, "light", None),
             ("report-390-dark", 390, "dark", None), ("report-pictures", 1280, "light", "#pictures"),
             ("report-card", 1280, "light", ".card"), ("report-tables", 1280, "dark", "#destinations")]
    for name, width, theme, part in shots:
        tab = Tab(browser, path, width, theme)
        box = {"x": 0, "y": 0, "width": width, "height": WIDTHS[width] * 1.25}
        if part:
            at = tab.run(f"(()=>{{const b=document.querySelector('{part}').getBoundingClientRect();"
                         "return[b.x+scrollX,b.y+scrollY,b.width,b.height]})()")
            box = {"x": max(at[0] - 24, 0), "y": at[1] - 12, "width": at[2] + 48, "height": min(at[3] + 24, 1500)}
        tab.picture(out / f"{name}.webp", form="webp", quality=55, clip=box)
        tab.close()
    if shutil.which("pdftoppm") and shutil.which("pdftotext"):
        tab = Tab(browser, path)
        tab.pdf(folder / "print.pdf", "A4")
        tab.close()
        subprocess.run(["pdftoppm", "-r", "50", "-f", "1", "-l", "1", "-png", str(folder / "print.pdf"), str(folder / "sheet")], check=True)
        sheet = next(folder.glob("sheet*.png"))
        tab = Tab(browser, sheet)
        wide, high = tab.run("[document.images[0].naturalWidth,document.images[0].naturalHeight]")
        tab.run("document.body.style.margin=0;const i=document.images[0];i.style.cssText='position:absolute;left:0;top:0;margin:0;transform:none'")
        tab.picture(out / "report-print.webp", form="webp", quality=60, clip={"x": 0, "y": 0, "width": wide, "height": high})
        tab.close()
    for path in sorted(out.glob("report-*.webp")):
        print(f"{path.stat().st_size:>8} {path}")


def speed(tool, browser, capture, folder):
    out = folder / "speed.html"
    audited(tool, out, capture, "--expect", "IN")
    started = time.monotonic()
    audited(tool, out, capture, "--expect", "IN")
    wrote = time.monotonic() - started
    size = out.stat().st_size
    ready = []
    for _ in range(3):
        started = time.monotonic()
        tab = Tab(browser, out)
        # Interactive: the script has run, and a filter of the longest table has been answered.
        tab.run("new Promise(f=>requestAnimationFrame(()=>setTimeout(f)))")
        ready.append(time.monotonic() - started)
        answer = tab.run(ANSWERS)
        noise = tab.noise()
        tab.close()
        if noise:
            raise SystemExit(f"{noise[:3]}")
    print(f"audited and written in {wrote:.2f} s, {size / 1e6:.1f} MB, "
          f"interactive after {sorted(ready)[1]:.2f} s, a filter after {answer['filter']:.0f} ms, "
          f"a sort after {answer['sort']:.0f} ms, {answer['rows']} rows")


# ---- what runs in the page ----------------------------------------------------------------------

# Before the page's own script: what the window had of its own, and traps.
BEFORE = """
window.__own=new Set(Object.getOwnPropertyNames(window));window.__own.add('__own');window.__own.add('__trapped');
window.__trapped=[];
for(const f of['alert','confirm','prompt','open','fetch','eval'])window[f]=function(){window.__trapped.push(f)};
"""

INERT = r"""(()=>{
const bad=[];
const news=Object.getOwnPropertyNames(window).filter(k=>!window.__own.has(k)&&!/^\d+$/.test(k));
if(news.length)bad.push('globals '+news.slice(0,5));
if(window.__trapped.length)bad.push('called '+window.__trapped[0]);
if(/PWNED/.test(document.title)&&document.title.length<20)bad.push('title');
const tags=new Set(('html head meta link title style body a svg defs symbol rect path circle pattern use g desc line text tspan aside p div header span b nav ol ul li main section '+
'h1 h2 h3 h4 dl dt dd article blockquote table caption thead tbody tfoot tr th td code form label input select option output button figure figcaption details summary pre footer script wbr br ').split(' '));
const attrs=new Set(('lang charset http-equiv content name rel href class id aria-hidden aria-label aria-labelledby aria-sort focusable viewBox width height x y x1 y1 x2 y2 cx cy r d rx fill stroke stroke-width stroke-dasharray '+
'patternUnits patternTransform transform role text-anchor dx dy scope tabindex data-for data-f data-c data-e data-s data-v data-p data-page data-words data-l hidden type value autocomplete spellcheck open disabled').split(' '));
for(const e of document.querySelectorAll('*')){
 if(!tags.has(e.localName))bad.push('<'+e.localName+'>');
 if(!['http://www.w3.org/1999/xhtml','http://www.w3.org/2000/svg'].includes(e.namespaceURI))bad.push('name space');
 for(const a of e.attributes){
  if(!attrs.has(a.name))bad.push('attribute '+a.name+' of '+e.localName);
  if(a.name==='href'&&!a.value.startsWith('#')&&!(e.localName==='link'&&a.value==='data:,'))bad.push('href '+a.value.slice(0,40));
  if(/url\(/.test(a.value)&&!/^url\(#[a-z0-9-]+\)$/.test(a.value))bad.push(a.name+' '+a.value.slice(0,40));
 }
}
const number={script:1,style:1,link:1,title:1,main:1,form:document.getElementById('ct')?1:3,meta:null};
for(const[k,n]of Object.entries(number)){const f=[...document.getElementsByTagName(k)].filter(e=>e.namespaceURI.endsWith('xhtml')).length;if(n!==null&&f!==n)bad.push(f+' <'+k+'>')}
if(document.querySelectorAll('meta[http-equiv=refresh i],base,iframe,object,embed').length)bad.push('meta');
if(window.frames.length)bad.push('frames');
const ids=new Set();for(const e of document.querySelectorAll('[id]')){if(ids.has(e.id))bad.push('two of '+e.id);ids.add(e.id)}
for(const e of document.querySelectorAll('a[href^="#"],use[href^="#"]')){const i=decodeURIComponent(e.getAttribute('href').slice(1));if(!ids.has(i)&&!document.getElementById(i)&&!/^(d|flow)-/.test(i))bad.push('nothing at #'+i)}
const walk=document.createTreeWalker(document.body,NodeFilter.SHOW_TEXT|NodeFilter.SHOW_COMMENT);
while(walk.nextNode()){const t=walk.currentNode;if(t.nodeType===8)bad.push('a comment');
 if(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/.test(t.data))bad.push('hidden character in '+JSON.stringify(t.data.slice(0,40)))}
return bad.slice(0,6)})()"""

# Sorts by a column until the order is the wanted one, then says whether the rows are so.
SORTED = r"""(()=>{
const t=document.getElementById('%(table)s'),h=t.tHead.rows[0].cells[%(column)d],form=document.querySelector('form[data-for=%(table)s]');
if(!h.querySelector('button'))return 'no button';
const all=()=>{const out=[];const next=form.querySelector('[data-p="1"]'),back=form.querySelector('[data-p="-1"]');
 while(!back.disabled)back.click();
 for(;;){const rows=[...t.tBodies[0].rows];const was=rows[0];out.push(...rows);if(next.disabled)break;next.click();if(t.tBodies[0].rows[0]===was)break}return out};
const before=all();
for(let n=0;n<2&&h.getAttribute('aria-sort')!=='%(order)s';n++)h.querySelector('button').click();
if(h.getAttribute('aria-sort')!=='%(order)s')return 'aria-sort is '+h.getAttribute('aria-sort');
if(t.querySelectorAll('[aria-sort]').length!==1)return 'two columns are sorted';
const rows=all();
if(new Set(rows).size!==before.length||rows.length!==before.length)return 'rows were lost';
const key=r=>{const c=r.cells[%(column)d];return c.dataset.v!==undefined?c.dataset.v:c.textContent};
const num=h.dataset.s==='n',sign='%(order)s'==='ascending'?1:-1;
for(let n=1;n<rows.length;n++){const a=key(rows[n-1]),b=key(rows[n]);
 const z=num?(BigInt(a)<BigInt(b)?-1:BigInt(a)>BigInt(b)?1:0):(a<b?-1:a>b?1:0);
 if(z*sign>0)return JSON.stringify(a)+' before '+JSON.stringify(b)}
return ''})()"""

FILTERED = r"""(()=>{
const t=document.getElementById('%(table)s'),form=document.querySelector('form[data-for=%(table)s]'),out=form.querySelector('output');
const set=(q,v)=>{if(q.type==='checkbox')q.checked=v;else q.value=v;q.dispatchEvent(new Event('input',{bubbles:true}))};
const shown=()=>{const m=out.textContent.match(/[\d,]+/g).map(x=>Number(x.replace(/,/g,'')));return m};
const[all,of]=shown();
if(all!==of)return 'not all shown at first: '+out.textContent;
const q=form.querySelector('[data-f=q]');
set(q,'no such row \u2603');
if(shown()[0]!==0||t.tBodies[0].rows.length)return 'a filter that nothing fits leaves rows';
set(q,'');
if(shown()[0]!==all)return 'rows are not there again';
if(all>0){
 const row=t.tBodies[0].rows[Math.floor(t.tBodies[0].rows.length/2)];
 const words=row.cells[0].textContent.trim().slice(0,30).toUpperCase();
 if(words){set(q,words);
 const rows=[...t.tBodies[0].rows];
 if(!rows.length||!rows.every(r=>r.textContent.toLowerCase().includes(words.toLowerCase())))return 'filter by '+words;
 if(!rows.includes(row)&&shown()[0]<100)return 'the row itself is gone';
 if(rows.length!==Math.min(shown()[0],100))return 'count '+out.textContent+' for '+rows.length;
 set(q,'');}
}
const c=form.querySelector('[data-f=c]');
if(c){let sum=0;for(const o of c.options){if(!o.value)continue;set(c,o.value);sum+=shown()[0];
  if([...t.tBodies[0].rows].some(r=>r.dataset.c!==o.value))return 'place '+o.value;
  if(o.value!=='?'&&shown()[0]===0)return 'a choice without rows: '+o.value}
 set(c,'');if(sum!==all)return 'places sum to '+sum+' of '+all}
const e=form.querySelector('[data-f=e]');
if(e){set(e,true);if([...t.tBodies[0].rows].some(r=>!/cleartext/i.test(r.textContent)))return 'not cleartext';const n=shown()[0];set(e,false);if(n>all)return 'cleartext'}
return ''})()"""

PAGED = r"""(()=>{
const form=document.querySelector('form[data-for=ft]'),t=document.getElementById('ft'),pager=form.querySelector('.pager');
if(pager.hidden)return 'no pager for 450 rows';
const label=()=>form.querySelector('[data-page]').textContent;
const next=form.querySelector('[data-p="1"]'),back=form.querySelector('[data-p="-1"]');
while(!back.disabled)back.click();
const seen=new Set();let pages=0;
for(;;){pages++;const rows=[...t.tBodies[0].rows];if(rows.length>100)return rows.length+' rows on a page';rows.forEach(r=>seen.add(r.id));
 if(!label().includes(String(pages)))return 'label '+label();
 const first=rows[0].id;if(next.disabled!==(pages===5))return 'next on page '+pages+' is '+(next.disabled?'off':'on');if(next.disabled)break;next.click();if(t.tBodies[0].rows[0].id===first)break}
if(pages!==5||seen.size!==450)return pages+' pages, '+seen.size+' rows';
return ''})()"""

READABLE = r"""(()=>{
const bad=[];
if([...document.querySelectorAll('form.tools')].some(f=>!f.hidden))bad.push('tools that do nothing');
for(const r of document.querySelectorAll('#dt tbody tr,#ct tbody tr,#nt tbody tr,#ft tbody tr,main section,h2,.card,.card p,.card li'))
 if(!r.checkVisibility())bad.push('hidden '+(r.id||r.localName));
for(const d of document.querySelectorAll('details'))if(!d.querySelector('summary'))bad.push('details without a summary');
if(!document.querySelector('#dt,#ct'))bad.push('no table');
if(document.querySelector('.sort'))bad.push('a script ran');
return bad.slice(0,4)})()"""

OVERFLOW = r"""(()=>{
const root=document.scrollingElement,wide=root.clientWidth;
if(root.scrollWidth<=wide&&document.body.scrollWidth<=wide)return '';
const far=[...document.body.querySelectorAll('*')].filter(e=>e.getBoundingClientRect().right>wide+1&&!e.closest('.scroll,.vh')).slice(0,3);
return 'scrolls to '+root.scrollWidth+' of '+wide+': '+far.map(e=>e.localName+'.'+(e.getAttribute('class')||'')).join(', ')})()"""

# Text against what lies behind it: 4.5 to 1, 3 to 1 for large words (WCAG 2.2, 1.4.3).
CONTRAST = r"""(()=>{
const rgb=c=>{const m=c.match(/[\d.]+/g);return m?m.map(Number):[0,0,0,0]};
const lum=([r,g,b])=>{const f=v=>{v/=255;return v<=.04045?v/12.92:((v+.055)/1.055)**2.4};return .2126*f(r)+.7152*f(g)+.0722*f(b)};
const over=(top,under)=>{const a=top.length>3?top[3]:1;return[0,1,2].map(i=>top[i]*a+under[i]*(1-a))};
const ground=e=>{const stack=[];for(let n=e;n;n=n.parentElement){const c=rgb(getComputedStyle(n).backgroundColor);if(c.length<4||c[3]>0)stack.push(c);if(c.length<4||c[3]===1)break}
 let at=rgb(getComputedStyle(document.documentElement).backgroundColor);if(at.length>3&&at[3]===0)at=[255,255,255];for(const c of stack.reverse())at=over(c,at);return at};
const bad=new Set();let looked=0;
const walk=document.createTreeWalker(document.body,NodeFilter.SHOW_TEXT);
while(walk.nextNode()){const e=walk.currentNode.parentElement;
 if(!walk.currentNode.data.trim()||['SCRIPT','STYLE'].includes(e.tagName)||['title','desc'].includes(e.localName)||!e.checkVisibility({visibilityProperty:true})||e.closest('.vh,.skip'))continue;
 const s=getComputedStyle(e),svg=e.namespaceURI.endsWith('svg');
 const color=rgb(svg?s.fill:s.color),under=ground(e);looked++;
 const[a,b]=[lum(over(color,under)),lum(under)].sort((x,y)=>y-x),ratio=(a+.05)/(b+.05);
 const size=parseFloat(s.fontSize),large=size>=24||(size>=18.66&&Number(s.fontWeight)>=700);
 if(ratio<(large?3:4.5))bad.add(ratio.toFixed(2)+' '+e.localName+'.'+(e.getAttribute('class')||'')+' '+walk.currentNode.data.trim().slice(0,20));
}
if(looked<50)bad.add('only '+looked+' texts');
return[...bad]})()"""

STRUCTURE = r"""(()=>{
const bad=[];let last=0;
for(const h of document.querySelectorAll('h1,h2,h3,h4,h5,h6')){const n=Number(h.localName[1]);if(n>last+1)bad.push(h.localName+' after h'+last+': '+h.textContent.slice(0,30));last=n;if(!h.textContent.trim())bad.push('an empty heading')}
if(document.querySelectorAll('h1').length!==1)bad.push('h1');
for(const t of document.querySelectorAll('table')){
 if(!t.caption&&!t.getAttribute('aria-label')&&!t.getAttribute('aria-labelledby'))bad.push('a table without a name in '+(t.closest('[id]')||t).id);
 for(const h of t.querySelectorAll('th'))if(!h.scope)bad.push('th without scope');
 if(t.tHead)for(const h of t.tHead.rows[0].cells)if(!h.textContent.trim())bad.push('an empty head');
}
for(const s of document.querySelectorAll('svg'))if(!s.parentElement.closest('svg')&&s.getAttribute('aria-hidden')!=='true'&&!(s.getAttribute('role')==='img'&&(s.getAttribute('aria-label')||s.querySelector('title'))))bad.push('a drawing without words');
for(const i of document.querySelectorAll('input,select'))if(!i.labels.length)bad.push('a field without a label');
for(const s of document.querySelectorAll('main>section'))if(!s.getAttribute('aria-labelledby')&&!s.getAttribute('aria-label'))bad.push('a section without a name');
if(!document.documentElement.lang)bad.push('no language');
for(const d of document.querySelectorAll('.scroll'))if(d.scrollWidth>d.clientWidth+1&&d.tabIndex<0&&!d.querySelector('a,button'))bad.push('a part that scrolls and has no keyboard');
return bad.slice(0,6)})()"""

FOCUS = r"""(()=>{const e=document.activeElement;if(!e||e===document.body)return null;
const s=getComputedStyle(e),b=e.getBoundingClientRect();
let n=0;for(let p=e;p;p=p.parentElement){let q=p;while(q=q.previousElementSibling)n++;n=n*31%1e9}
return{where:e.localName+'.'+(e.className.baseVal??e.className)+' '+(e.textContent||e.getAttribute('data-f')||'').trim().slice(0,30)+' '+Math.round(b.y+scrollY)+' '+Math.round(b.x+scrollX),
seen:e.matches(':focus-visible')&&s.outlineStyle!=='none'&&parseFloat(s.outlineWidth)>=2&&b.width>0&&b.bottom>0&&b.top<innerHeight,sort:e.classList.contains('sort')}})()"""

# Words at both ends of each row, step and box that must stay whole, and in each head of a table.
MARKS = r"""(()=>{
const pairs=[],heads={};let n=0;
const put=(e,w,first)=>{const s=document.createElement('span');s.textContent=' '+w+' ';s.style.cssText='font-size:1px;line-height:1';first?e.prepend(s):e.append(s)};
const both=(a,b,w)=>{put(a,w+'a',true);put(b,w+'b',false);pairs.push(w)};
window.dispatchEvent(new Event('beforeprint'));
for(const t of document.querySelectorAll('main table')){
 if(t.closest('details:not([open])'))continue;
 const rows=[...t.tBodies[0].rows].slice(0,600),names=[];
 for(const r of rows){const w='qzr'+n++;const last=[...r.cells].reduce((a,b)=>b.textContent.length>a.textContent.length?b:a);both(r.cells[0],last,w);names.push(w)}
 if(t.tHead&&names.length){const w='qzt'+n++;put(t.tHead.rows[0].cells[0],w+'h',true);heads[w]=names}
}
for(const e of document.querySelectorAll('.steps li,.evid,.reply,blockquote')){const w='qzb'+n++;both(e.firstElementChild||e,e.lastElementChild||e,w)}
for(const f of document.querySelectorAll('figure')){const c=f.querySelector('figcaption'),l=f.querySelector('.src')||c;const w='qzf'+n++;both(c,l,w)}
return{pairs,heads}})()"""

ANSWERS = r"""(()=>{
const form=document.querySelector('form[data-for=ft]'),q=form.querySelector('[data-f=q]');
let at=performance.now();q.value='443';q.dispatchEvent(new Event('input',{bubbles:true}));document.body.offsetHeight;
const filter=performance.now()-at;q.value='';q.dispatchEvent(new Event('input',{bubbles:true}));
at=performance.now();document.querySelectorAll('#ft .sort')[6].click();document.body.offsetHeight;
return{filter,sort:performance.now()-at,rows:document.querySelectorAll('#ft tbody tr').length+' of '+form.querySelector('output').textContent}})()"""


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("tool")
    options.add_argument("--browser", default=next(filter(None, map(shutil.which, PROGRAMS)), None))
    options.add_argument("--looks", type=Path)
    options.add_argument("--docs", type=Path)
    options.add_argument("--speed", type=Path)
    chosen = options.parse_args()
    if not chosen.browser:
        skip("no Chromium here: nothing of the page was held against a browser")
        return 0
    tool, check = str(Path(chosen.tool).resolve()), Checks()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        browser = Browser(chosen.browser)
        try:
            if chosen.looks:
                looks(tool, browser, chosen.looks, folder)
            elif chosen.docs:
                docs(tool, browser, chosen.docs, folder)
            elif chosen.speed:
                speed(tool, browser, chosen.speed.resolve(), folder)
            else:
                all_checks(tool, browser, check, folder)
        finally:
            browser.close()
    if not (chosen.looks or chosen.docs or chosen.speed):
        print(f"{check.held} held, {len(check.failed)} failed, {time.monotonic() - started:.0f} s")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
