"""Asks moto's own evaluator of policies what it makes of the conformance suite, and holds the table of the guide against it.

    .ci/python_moto.py GUIDE [--write]

Asked are the cases that moto can express: identity policies of a user or a role session, within one account, as live services
decide. Run it in an environment with moto. Another version of moto than the one that the guide names is not held against it.
"""

import json
import pathlib
import re
import signal
import sys

import moto
from moto.iam.access_control import IAMRequest

ROOT = pathlib.Path(__file__).parent.parent
#: Kinds of rules, by the beginning of their numbers, in the order in which the first that a case names counts.
KINDS = {
    "R-MFA": "multi-factor authentication",
    "R-VAR": "policy variables",
    "R-COND": "conditions",
    "R-CTX": "context keys",
    "R-ARN": "ARNs and wildcards",
    "R-ACT": "actions",
    "R-RES": "resources",
    "R-PRIN": "principals",
    "R-SVC": "rules of single services",
    "R-GRAM": "grammar",
    "R-VAL": "grammar",
    "R-MODEL": "allow and deny",
    "R-EVAL": "allow and deny",
}


#: How long moto may take for a case, in seconds: it makes regular expressions of patterns.
PATIENCE = 0.5


class Denied(Exception):
    pass


class TookTooLong(Exception):
    pass


def interrupt(*_):
    raise TookTooLong


class Caller:
    """In the place of an access key."""

    def __init__(self, arn, policies):
        self.arn = arn
        self._policies = policies

    def collect_policies(self):
        return self._policies


class Asked(IAMRequest):
    """A request that did not come as one."""

    def __init__(self, action, arn, policies):
        self._action, self._access_key, self._data = action, Caller(arn, policies), {}
        self._region, self.account_id = "us-east-1", "123456789012"

    def _raise_access_denied(self):
        raise Denied


def policies_of(case, sets):
    return case.get("policies") or sets.get(case.get("policy_set"), {})


def text_of(policy):
    """The document of a policy as text."""
    if isinstance(policy, str):
        return policy
    return json.dumps(policy["document"] if "document" in policy else policy)


def caller_of(case):
    """The ARN of a caller that moto has."""
    principal = case["request"].get("principal")
    found = isinstance(principal, str) and re.fullmatch(r"arn:aws:(iam::(\d+):user|sts::(\d+):assumed-role)/.*", principal)
    return principal if found else None


def is_asked(case, policies):
    layers = {layer for layer, given in policies.items() if given}
    resource = case["request"].get("resource", "*")
    caller = caller_of(case)
    if layers != {"identity"} or case.get("options") or "resource_account" in case["request"] or not caller:
        return False
    owner = resource.split(":")[4] if isinstance(resource, str) and resource.count(":") >= 5 else ""
    return isinstance(resource, str) and owner in ("", caller.split(":")[4]) and "decision" in case["expect"]


def moto_says(case, policies):
    identity = policies["identity"]
    documents = [text_of(policy) for policy in (identity if isinstance(identity, list) else [identity])]
    request = case["request"]
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        Asked(request["action"], caller_of(case), documents).check_action_permitted(request.get("resource", "*"))
    except Denied:
        return "denied"
    except Exception:
        return "failed"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return "allowed"


def kind_of(case):
    for beginning, kind in KINDS.items():
        if any(rule.startswith(beginning) for rule in case["rules"]):
            return kind
    return "other rules"


def counted():
    """For each kind: how many cases, and what moto makes of them that AWS does not."""
    counts, every = {}, 0
    for path in sorted((ROOT / "fixtures/conformance").glob("*.json")):
        file = json.loads(path.read_text())
        for case in file["cases"]:
            every += 1
            policies = policies_of(case, file.get("sets", {}))
            if not is_asked(case, policies):
                continue
            row = counts.setdefault(kind_of(case), {"cases": 0, "allowed": 0, "denied": 0, "failed": 0})
            row["cases"] += 1
            said, wanted = moto_says(case, policies), case["expect"]["decision"]
            if said == "failed" or (said == "allowed") != (wanted == "allowed"):
                row[said] += 1
    return counts, every


def table():
    counts, every = counted()
    lines = ["| rules about | cases | allowed, and AWS denies | denied, and AWS allows | no answer |", "| --- | --- | --- | --- | --- |"]
    rows = sorted(counts.items(), key=lambda row: -row[1]["cases"])
    total = {column: sum(row[column] for _, row in rows) for column in ("cases", "allowed", "denied", "failed")}
    for kind, row in [*rows, ("**all**", total)]:
        lines.append("| " + " | ".join([kind, *(f"{row[column]:,}" for column in ("cases", "allowed", "denied", "failed"))]) + " |")
    lines.append("")
    lines.append(f"moto {moto.__version__}, on the {total['cases']:,} of {every:,} cases that it can express.")
    return "\n".join(lines) + "\n"


BEGIN, END = "<!-- table of moto -->\n\n", "\n<!-- end of the table -->"


def main():
    signal.signal(signal.SIGALRM, interrupt)
    guide = pathlib.Path(sys.argv[1])
    text = guide.read_text()
    before, _, rest = text.partition(BEGIN)
    known, _, after = rest.partition(END)
    found = table()
    if "--write" in sys.argv:
        guide.write_text(before + BEGIN + found + END + after)
    elif f"moto {moto.__version__}," not in known:
        print(f"skipped: the table is of another version than {moto.__version__}")
    elif known != found:
        sys.exit(f"the table of moto in {guide} is not what comes out:\n{found}")
    else:
        print("the table of moto is what comes out")


main()
