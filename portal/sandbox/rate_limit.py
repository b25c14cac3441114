"""1,200 requests a minute for each token, in fixed windows (clever-platform 3.8)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from portal.sandbox.store import Store

LIMIT, WINDOW = 1_200, 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a token has left in its present window."""

    remaining: int
    resets_at: int

    @property
    def used_up(self) -> bool:
        return self.remaining < 0

    def print_on(self, response: Response) -> None:
        for name, value in (
            ("Limit", LIMIT),
            ("Remaining", max(self.remaining, 0)),
            ("Reset", self.resets_at),
            ("Bucket", "bearer"),
        ):
            response.headers.setdefault(f"X-RateLimit-{name}", str(value))


def whole(store: Store) -> Allowance:
    """What somebody without a good token is told; the limit counts for tokens."""
    now = int(store.now().timestamp())
    return Allowance(LIMIT, now - now % WINDOW + WINDOW)


def spend(store: Store, token: str) -> Allowance:
    """Count one request of a token."""
    now = int(store.now().timestamp())
    started_at = now - now % WINDOW
    row = store.row(
        """INSERT INTO rate_windows VALUES (?, ?, 1) ON CONFLICT (token) DO UPDATE SET
        used = CASE WHEN started_at = excluded.started_at THEN used + 1 ELSE 1 END,
        started_at = excluded.started_at RETURNING used""",
        *(token, started_at),
    )
    used = int(row["used"]) if row else 1
    return Allowance(LIMIT - used, started_at + WINDOW)


def too_many() -> Response:
    """429 comes with an empty body."""
    return Response(b"", 429, content_type="application/json; charset=utf-8")
