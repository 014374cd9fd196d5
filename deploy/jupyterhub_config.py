"""JupyterHub for the staff of one office: one person, one account of the machine, one log-in of the database.

Everything that differs between offices comes from the environment (``hub.env``, written by ``set-up.sh``):

EBIDADMIN_OFFICE      the office's desk folder
EBIDADMIN_HUB_STATE   a folder of root's: the hub's own list of who is logged in, and the key of its cookies
EBIDADMIN_HUB_URL     where browsers come in (default http://127.0.0.1:8000); behind a server that encrypts, or with the next two
EBIDADMIN_HUB_CERT    certificate (PEM), where the hub itself encrypts
EBIDADMIN_HUB_KEY     its key
EBIDADMIN_STAFF_GROUP the group of the machine whose members may log in (default ebidadmin)
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - given by JupyterHub

here = Path(__file__).resolve().parent
state = Path(os.environ["EBIDADMIN_HUB_STATE"])
proxy = Path(sys.prefix) / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy"

c.JupyterHub.bind_url = os.environ.get("EBIDADMIN_HUB_URL", "http://127.0.0.1:8000")
c.JupyterHub.ssl_cert = os.environ.get("EBIDADMIN_HUB_CERT", "")
c.JupyterHub.ssl_key = os.environ.get("EBIDADMIN_HUB_KEY", "")
c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "cookie-secret")
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
c.ConfigurableHTTPProxy.command = [str(proxy)]

# Who: accounts of the machine, by its own passwords. What they may do, the office's database says by the same name.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {os.environ.get("EBIDADMIN_STAFF_GROUP", "ebidadmin")}
# Nobody enters another's server, and nobody is looked after from the hub's own pages.
c.Authenticator.admin_users = set()
c.Authenticator.delete_invalid_users = True

# What: each person's JupyterLab, run as that person. The database then knows who connects (peer), whatever a kernel says of itself.
c.JupyterHub.spawner_class = "localprocess"
c.Spawner.cmd = [sys.executable, "-m", "ebidadmin.hub"]
c.Spawner.env_keep = ["PATH", "LANG", "LC_ALL", "TZ"]
c.Spawner.environment = {"EBIDADMIN_OFFICE": os.environ["EBIDADMIN_OFFICE"]}
c.Spawner.notebook_dir = ""
c.Spawner.default_url = "/lab/tree/00_home.ipynb"
c.Spawner.http_timeout = 120
c.Spawner.start_timeout = 120
c.JupyterHub.allow_named_servers = False

# Who logs out leaves no kernel behind; who only closes the browser finds the screens as they were.
c.JupyterHub.shutdown_on_logout = True
c.JupyterHub.cookie_max_age_days = 1

# In the staff's language.
c.JupyterHub.template_paths = [str(here / "templates")]
