"""How gunicorn serves the portal; `gunicorn wsgi:app` reads this file by itself."""

from __future__ import annotations

from portal import database

# Loaded once, before the workers are forked: settings that will not do end the server at once.
preload_app = True
worker_class = "gthread"  # a polling page must not hold another up (stack.md, choice 3)
threads = 4
graceful_timeout = 10
# Proxies keep idle connections for a minute (nginx, AWS) and send the next request down one of
# them. Ours must close later than theirs: a request that meets a closing one is lost, a 502.
keepalive = 75
control_socket_disable = True  # it would lie in the home folder

# Its own words go through our formatter. It keeps no access log: addresses hold sign-in codes, so
# the portal writes its own line a request (portal/web/ground/request_log.py).
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.logs.JsonFormatter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"level": "WARNING", "handlers": ["stdout"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}},
}


def pre_fork(server: object, worker: object) -> None:
    """No worker may inherit a connection that loading the app has opened."""
    database.close()


def post_fork(server: object, worker: object) -> None:
    database.stay_open()
