"""The floor of a page: Flask and Jinja show the same rows, without anybody signed in.

Served as the portal is: `gunicorn bench.bare_page:app`.
"""

from __future__ import annotations

import os
import sqlite3

from flask import Flask, render_template

from portal import database

STUDENTS = """
    SELECT a.given_name, a.family_name, a.grade, l.last_used_at
    FROM enrollments e JOIN accounts a ON a.id = e.account_id
    JOIN linked_accounts l ON l.account_id = a.id
    WHERE e.section_id = ? AND e.ended_at IS NULL ORDER BY a.sort_name
"""
URL = os.environ["DATABASE_URL"]
database.init(URL)  # gunicorn.conf.py closes it.


def students() -> list[tuple[object, ...]]:
    connection = sqlite3.connect(URL.removeprefix("sqlite:///"))
    try:
        return connection.execute(STUDENTS, (os.environ["SECTION"],)).fetchall()
    finally:
        connection.close()


READ_ONCE = students()
app = Flask(__name__)


@app.get("/no-query")
def no_query() -> str:
    return render_template("bare.html", students=READ_ONCE)


@app.get("/one-query")
def one_query() -> str:
    return render_template("bare.html", students=students())
