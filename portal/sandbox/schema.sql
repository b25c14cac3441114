-- The make-believe districts. `body` is the record as v3.0 prints it, but for a section's people.
-- `body_v31` holds what only v3.1 adds. `visible` is `shared` worked out through the school.
CREATE TABLE IF NOT EXISTS records (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    district TEXT NOT NULL,
    name TEXT NOT NULL,
    search TEXT NOT NULL,
    school TEXT NOT NULL DEFAULT '',
    course TEXT NOT NULL DEFAULT '',
    term TEXT NOT NULL DEFAULT '',
    shared INTEGER NOT NULL DEFAULT 1,
    visible INTEGER NOT NULL DEFAULT 1,
    body TEXT NOT NULL,
    body_v31 TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS records_of_district ON records (district, kind, id);
CREATE INDEX IF NOT EXISTS records_of_school ON records (school) WHERE school <> '';

CREATE TABLE IF NOT EXISTS members (
    section TEXT NOT NULL,
    user TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('student', 'teacher')),
    position INTEGER NOT NULL,
    PRIMARY KEY (section, role, user)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_of_user ON members (user, role, section);

CREATE TABLE IF NOT EXISTS roles (
    user TEXT NOT NULL,
    role TEXT NOT NULL,
    school TEXT NOT NULL,
    is_primary INTEGER NOT NULL,
    PRIMARY KEY (user, role, school)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS roles_of_school ON roles (school, role, user);

CREATE TABLE IF NOT EXISTS contact_students (
    contact TEXT NOT NULL,
    student TEXT NOT NULL,
    PRIMARY KEY (student, contact)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY,
    district TEXT NOT NULL,
    type TEXT NOT NULL,
    schools TEXT NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    nonce TEXT NOT NULL,
    challenge TEXT NOT NULL,
    expires_at REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('district', 'user', 'library')),
    district TEXT NOT NULL,
    user TEXT NOT NULL,
    created TEXT NOT NULL,
    expires_at REAL
) WITHOUT ROWID;

-- Teachers who added the app from Clever Library.
CREATE TABLE IF NOT EXISTS library_teachers (
    user TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS rate_windows (
    token TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    used INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    times_left INTEGER NOT NULL,
    path_contains TEXT NOT NULL,
    only_later_pages INTEGER NOT NULL,
    seconds REAL NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    query TEXT NOT NULL,
    token_kind TEXT NOT NULL,
    district TEXT NOT NULL,
    status INTEGER NOT NULL,
    fault TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
