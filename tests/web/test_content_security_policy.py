"""The policy as Google's CSP Evaluator judges it (trust.md A54)."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.servers import ROOT
from tests.web.browsing import Visitor

EVALUATOR = ROOT / ".tools" / "csp_evaluator" / "dist"
MEDIUM = 30  # HIGH is 10, SYNTAX 20; above MEDIUM come the maybes.
JUDGE = """
const [folder, policy] = process.argv.slice(1);
const { CspEvaluator } = require(folder + "/evaluator.js");
const { CspParser } = require(folder + "/parser.js");
console.log(JSON.stringify(new CspEvaluator(new CspParser(policy).csp).evaluate()));
"""


def faults_of(policy: str) -> list[str]:
    """What it finds of HIGH, SYNTAX and MEDIUM severity."""
    assert EVALUATOR.exists(), "csp_evaluator is not here: run .ci/setup-test-tools"
    judged = subprocess.run(
        ["node", "-e", JUDGE, EVALUATOR, policy], capture_output=True, text=True, check=True
    )
    findings: list[dict[str, Any]] = json.loads(judged.stdout)
    return [each["description"] for each in findings if each["severity"] <= MEDIUM]


def test_a54_the_evaluator_finds_no_fault_in_our_policy(visitor: Visitor) -> None:
    """Clever is asked over https alone in production: settings refuse anything else."""
    policy = visitor.get("/sign-in").headers["content-security-policy"]

    assert faults_of(policy.replace("http://", "https://")) == []


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param("script-src 'self' 'unsafe-inline'; object-src 'none'", id="high"),
        pytest.param("default-src 'none'; scripts-src 'self'", id="syntax"),
        pytest.param("default-src 'none'; script-src 'self' http://example.org", id="medium"),
    ],
)
def test_the_evaluator_sees_faults(policy: str) -> None:
    assert faults_of(policy)
