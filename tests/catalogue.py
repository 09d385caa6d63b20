#!/usr/bin/env python3
"""Holds the catalogue of companies against its form (Python 3.11, standard library only).

  tests/catalogue.py [FOLDER] [--asn FILE.csv …] [--suffixes FILE] [--counts]

FOLDER is src/data/catalogue unless given. `--asn` reads tables of address ranges whose last two
columns are an AS number and the organisation it is registered to (npm @ip-location-db/asn), prints
that organisation beside ours for every AS number, for a person to compare, and fails where the
number is in none of them. `--suffixes` reads the Public Suffix List and fails on a domain that is
a public suffix of a registry. `--counts` prints how much there is.

What a checker cannot see, whether an entry is true, stands in src/data/catalogue/README.md.
"""
import argparse
import collections
import csv
import datetime
import pathlib
import re
import sys
import tomllib

ROLES = """handset vendor|chipset|os|carrier|cloud|cdn|hosting|dns|advertising|analytics|attribution|push|
crash reporting|identity|social|messaging|content|games|payment|commerce|mobility|maps|security|software|
consent|standards""".replace("\n", "").split("|")

FUNCTIONS = """captive portal check|push|time|location assistance|cloud sync|telemetry|account|update|
messaging|advertising|analytics|attribution|crash reporting|configuration|app store|content|maps|dns|
certificate status|payment|security check|backup|find device|voice assistant|carrier service""".replace(
    "\n", ""
).split("|")

# ISO 3166-1 alpha-2, the codes that are officially assigned.
COUNTRIES = """AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ
BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE
IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC
MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE
PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT
ZA ZM ZW""".split()

# Key: (type, is it required).
GROUP = {"id": (str, True), "name": (str, True), "legal_name": (str, True), "seat": (str, True),
         "incorporated": (str, False), "roles": (list, True), "as_of": (str, True), "note": (str, False),
         "source": (list, True)}
SOURCE = {"what": (str, True), "url": (str, True)}
COMPANY = {"id": (str, True), "name": (str, True), "seat": (str, True), "roles": (list, True),
           "parent": (str, False), "asns": (list, False), "domains": (list, False), "tenants": (list, False),
           "source": (str, True), "since": (str, False), "until": (str, False), "function": (list, False)}
FUNCTION = {"name": (str, True), "function": (str, True), "source": (str, False)}

LINE_LIMIT = 110
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
IDENTITY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


class Catalogue:
    """Every file of a folder, what is wrong with them, and who holds what."""

    def __init__(self, folder):
        self.wrong = []
        self.groups = []
        self.companies = {}
        self.domains = {}
        self.tenants = {}
        self.functions = {}
        self.asns = {}
        files = sorted(folder.glob("*.toml"))
        if not files:
            self.wrong.append(f"{folder}: no files")
        for path in files:
            self.read(path)
        self.cross()

    def fail(self, where, what):
        self.wrong.append(f"{where}: {what}")

    def read(self, path):
        try:
            text = path.read_text(encoding="utf-8")
            table = tomllib.loads(text)
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
            return self.fail(path.name, err)
        if not text.startswith("# "):
            self.fail(path.name, "the first line is not a comment that says what it is")
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) >= LINE_LIMIT:
                self.fail(f"{path.name}:{number}", f"{len(line)} characters, fewer than {LINE_LIMIT} wanted")
            if line != line.rstrip():
                self.fail(f"{path.name}:{number}", "white space at the end")
        for key in table.keys() - {"group", "company"}:
            self.fail(path.name, f"unknown table {key}")
        group, companies = table.get("group"), table.get("company")
        if not isinstance(group, dict) or not isinstance(companies, list) or not companies:
            return self.fail(path.name, "needs one [group] and at least one [[company]]")
        self.group(path, group)
        here = set()
        for company in companies:
            self.company(path.name, group, company, here)
        self.parents(path.name, {company.get("id"): company.get("parent") for company in companies}, here)

    def parents(self, name, above, here):
        """Every parent stands in the same file, and none is its own ancestor."""
        for identity, parent in above.items():
            passed = {identity}
            while parent is not None:
                if parent not in here or parent in passed:
                    self.fail(name, f"{identity}: its parent {parent} is no other company of this file, or below it")
                    break
                passed.add(parent)
                parent = above.get(parent)

    def form(self, where, table, keys):
        """Does `table` hold what `keys` asks for, and nothing else? Blank text is no text."""
        for key in table.keys() - keys.keys():
            self.fail(where, f"unknown key {key}")
        good = True
        for key, (kind, required) in keys.items():
            value = table.get(key)
            if value is None:
                good = good and not required
                if required:
                    self.fail(where, f"{key} is missing")
            elif not isinstance(value, kind):
                self.fail(where, f"{key} is not of type {kind.__name__}")
                good = False
            elif kind is str and (value != value.strip() or not value or "\n" in value or "  " in value):
                self.fail(where, f"{key} is empty or has stray white space")
            elif kind is list and not value:
                self.fail(where, f"{key} is an empty list")
        return good

    def shared(self, where, table):
        """What groups and companies have in common: country codes, roles, days."""
        for key in ("seat", "incorporated"):
            if key in table and table[key] not in COUNTRIES:
                self.fail(where, f"{key} {table[key]!r} is no ISO 3166-1 code")
        for role in table["roles"]:
            if role not in ROLES:
                self.fail(where, f"unknown role {role!r}")
        if len(set(map(str, table["roles"]))) != len(table["roles"]):
            self.fail(where, "a role stands twice")
        for key in ("as_of", "since", "until"):
            if key in table:
                self.day(where, key, table[key])

    def day(self, where, key, value):
        try:
            good = datetime.date.fromisoformat(value).isoformat() == value
        except ValueError:
            good = False
        if not good:
            self.fail(where, f"{key} {value!r} is no day like 2026-01-31")

    def group(self, path, group):
        where = f"{path.name} [group]"
        if not self.form(where, group, GROUP):
            return
        self.groups.append(group)
        self.shared(where, group)
        if group["id"] != path.stem or not IDENTITY.match(group["id"]):
            self.fail(where, f"id {group['id']!r} is not the stem of the file, or has other than [a-z0-9-]")
        if group.get("incorporated") == group["seat"]:
            self.fail(where, "incorporated is said only where it differs from the seat")
        for source in group["source"]:
            if not isinstance(source, dict):
                self.fail(where, "source is not a list of tables")
            elif self.form(where, source, SOURCE) and not re.match(r"https://[a-z0-9.-]+\.[a-z]+/\S*\Z", source["url"]):
                self.fail(where, f"url {source['url']!r} is not of the form https://host/path")

    def company(self, name, group, company, here):
        where = f"{name} {company.get('id')}"
        if not self.form(where, company, COMPANY):
            return
        self.shared(where, company)
        identity = company["id"]
        if not IDENTITY.match(identity):
            self.fail(where, "the id has other than [a-z0-9-]")
        if identity in self.companies:
            self.fail(where, f"the id stands in {self.companies[identity][0]} too")
        here.add(identity)
        self.companies[identity] = (name, group.get("id"), company)
        if "since" in company and "until" in company and company["since"] >= company["until"]:
            self.fail(where, "since is not before until")
        if not company.get("domains") and not company.get("asns"):
            self.fail(where, "neither domains nor asns: nothing could ever be found by it")
        if company.get("since", "") > str(group.get("as_of")):
            self.fail(where, "since is later than the day for which the group was believed right")
        for domain in company.get("domains", ()):
            if self.name(where, domain):
                self.once(where, self.domains, domain, identity)
        for domain in company.get("tenants", ()):
            if self.name(where, domain):
                self.once(where, self.tenants, domain, identity)
        for number in company.get("asns", ()):
            if type(number) is not int or not 0 < number < 4294967295 or 64512 <= number <= 65535:
                self.fail(where, f"{number!r} is no public AS number")
            else:
                self.once(where, self.asns, number, identity)
        for function in company.get("function", ()):
            if self.form(where, function, FUNCTION) and self.name(where, function["name"]):
                self.once(where, self.functions, function["name"], identity)
                if function["function"] not in FUNCTIONS:
                    self.fail(where, f"unknown function {function['function']!r}")

    def name(self, where, domain):
        """Is it a domain name in the only form allowed?"""
        labels = domain.split(".") if isinstance(domain, str) else []
        good = len(labels) > 1 and len(domain) <= 253 and all(map(LABEL.match, labels))
        if not good or labels[0] == "www" or labels[-1].isdigit():
            self.fail(where, f"{domain!r} is not a lower case domain name without www. and wildcard")
            return False
        return True

    def once(self, where, held, key, identity):
        if key in held:
            self.fail(where, f"{key} stands at {held[key]} too")
        held[key] = identity

    def holder(self, name):
        """The company whose domain is the longest suffix of `name`."""
        while name:
            if name in self.domains:
                return self.domains[name]
            name = name.partition(".")[2]
        return None

    def cross(self):
        for what, held in (("function", self.functions), ("tenants", self.tenants)):
            for name, identity in held.items():
                if self.holder(name) != identity:
                    self.fail(identity, f"{what} {name}: under no domain of its own, but of {self.holder(name)}")
        for domain, identity in self.domains.items():
            if self.holder(domain.partition(".")[2]) == identity:
                self.fail(identity, f"{domain} says nothing that the shorter suffix does not say")


def organisations(paths):
    """AS number to the organisations it is registered to, as the tables have it."""
    found = collections.defaultdict(set)
    for path in paths:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.reader(file):
                if len(row) >= 2 and row[-2].isdigit():
                    found[int(row[-2])].add(row[-1].strip())
    return found


def compare(catalogue, paths):
    """Prints each AS number with both names; fails on those that no table has."""
    found = organisations(paths)
    for number, identity in sorted(catalogue.asns.items(), key=lambda pair: (pair[1], pair[0])):
        ours = f"{catalogue.companies[identity][2]['name']} [{identity}]"
        print(f"AS{number}\t{ours}\t{' | '.join(sorted(found.get(number, ['NOT FOUND'])))}")
        if number not in found:
            catalogue.fail(identity, f"AS{number} is in none of the tables")


def suffixes(catalogue, path):
    """Fails on domains that are public suffixes of a registry (the ICANN part of the list)."""
    text = path.read_text(encoding="utf-8").partition("===END ICANN DOMAINS===")[0]
    rules = {line.split()[0] for line in text.splitlines() if line.strip() and not line.startswith("//")}
    for domain, identity in catalogue.domains.items():
        starred = "*." + domain.partition(".")[2]
        if domain in rules or (starred in rules and "!" + domain not in rules):
            catalogue.fail(identity, f"{domain} is a public suffix")


def counts(catalogue):
    """How much there is, one fact a line."""
    print(f"groups {len(catalogue.groups)}")
    for what in ("companies", "domains", "asns", "tenants", "functions"):
        print(f"{what} {len(getattr(catalogue, what))}")
    roles = collections.Counter(role for _, _, company in catalogue.companies.values() for role in company["roles"])
    seats = collections.Counter(company["seat"] for _, _, company in catalogue.companies.values())
    for title, counter in (("role", roles), ("seat", seats)):
        for key, number in counter.most_common():
            print(f"{title} {key}: {number}")


def main():
    here = pathlib.Path(__file__).resolve().parent.parent / "src" / "data" / "catalogue"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=here)
    parser.add_argument("--asn", nargs="+", type=pathlib.Path, default=[])
    parser.add_argument("--suffixes", type=pathlib.Path)
    parser.add_argument("--counts", action="store_true")
    options = parser.parse_args()
    catalogue = Catalogue(options.folder)
    if options.asn:
        compare(catalogue, options.asn)
    if options.suffixes:
        suffixes(catalogue, options.suffixes)
    if options.counts:
        counts(catalogue)
    for line in catalogue.wrong:
        print(line, file=sys.stderr)
    return 1 if catalogue.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
