"""How `make run` serves the portal."""

import os
import signal

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = 2
worker_class = "gthread"
threads = 4
# The largest report takes seconds; a worker that is silent for a minute is restarted.
timeout = 60
# Import the portal once, before the workers: a mistake in it is then told once, and they share the memory.
preload_app = True
# Requests and start-up chatter would hide the one line that matters; warnings and errors still show.
loglevel = "warning"
# No control socket in the home folder: the portal writes only into its data folder.
control_socket_disable = True


def when_ready(server):
    # A closed terminal stops the portal as Ctrl-C does; to gunicorn it would mean «reload» and go on unseen.
    signal.signal(signal.SIGHUP, lambda number, frame: os.kill(os.getpid(), signal.SIGINT))
    print(f"Портал працює: http://{bind}/  (зупинити: Ctrl-C)", flush=True)
