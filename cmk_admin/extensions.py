"""The Flask extensions, each made once and bound to the app in `create_app`."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from cmk_admin.gate import GateSession
from models.base import Basis

# The gate is a session class: no view can reach the database around it. No autoflush:
# half-filled rows are judged once, when they are saved.
db = SQLAlchemy(
    metadata=Basis.metadata, session_options={"class_": GateSession, "autoflush": False}
)
migrate = Migrate(render_as_batch=True, compare_type=True)
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
