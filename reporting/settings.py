"""One settings file, read from the environment; SQLite and safe defaults when nothing is set."""

import contextlib
import datetime
import os
import re
import secrets
import sys
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent


def env_flag(name: str, *, default: bool = False) -> bool:
    given = os.environ.get(name, "").strip().lower()
    return given in {"1", "true", "yes", "on"} if given else default


def env_number(name: str, default: int, *, least: int = 1, most: int | None = None) -> int:
    given = os.environ.get(name, "").strip() or str(default)
    # So many digits no setting needs, and Python would refuse thousands of them.
    if not given.isdecimal() or len(given) > 18 or not least <= int(given) <= (most or int(given)):
        bounds = f"від {least}" + (f" до {most}" if most else "")
        sys.exit(f"{name} має бути цілим числом, {bounds}. Наприклад: {name}={default}")
    return int(given)


HOURS_OF_YEAR = 366 * 24


# Everything the portal writes lies here: the SQLite file, the secret key, collected static files.
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve()
try:
    # Figures and accounts are nobody else's business on a shared machine.
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    sys.exit(f"Не вдалося створити теку даних {DATA_DIR}: {error.strerror}. Перевірте змінну DATA_DIR.")


def secret_key() -> str:
    """SECRET_KEY from the environment, else one made once and kept beside the data."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        made = DATA_DIR / f".secret_key.{os.getpid()}"
        with open(os.open(made, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        # Of processes started together the first link stands, and nobody reads a half-written key.
        with contextlib.suppress(FileExistsError):
            os.link(made, kept)
        made.unlink()
    return kept.read_text()


try:
    SECRET_KEY = secret_key()
except OSError as error:
    sys.exit(f"У теку даних {DATA_DIR} не можна писати: {error.strerror}. Перевірте змінну DATA_DIR.")
DEBUG = env_flag("DEBUG")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

# One-click sign-in with demonstration accounts. `make run` sets it; a production server must not.
DEMO = env_flag("DEMO")

# Rules of the city that differ from place to place; see `programs.permissions`.
# The only executor of a measure enters its printed row, not just its information.
ONLY_EXECUTOR_ENTERS_ROW = env_flag("ONLY_EXECUTOR_ENTERS_ROW")
# The responsible department keeps its own programmes, decisions and plans, and creates their reports.
DEPARTMENTS_MANAGE_PROGRAMS = env_flag("DEPARTMENTS_MANAGE_PROGRAMS")
# Heads and administrators sign in with a one-time code besides the password.
SECOND_FACTOR_REQUIRED = env_flag("SECOND_FACTOR_REQUIRED", default=True)

INSTALLED_APPS = [
    "programs",
    "reporting",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "programs.admin.apps.ZvitAdminConfig",
    "import_export",
    "simple_history",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "reporting.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "reporting.middleware.CompressedPagesMiddleware",
    "reporting.middleware.NeverCacheMiddleware",
    "reporting.middleware.SignedOutMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "reporting.middleware.SessionLifetimeMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "reporting.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # The last one: it puts its page in the place of whatever a locked-out person would have got.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "reporting.urls"
WSGI_APPLICATION = "reporting.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reporting.views.context.portal",
            ],
        },
    },
]
# Django's own form widgets, overridable from templates/.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

try:
    DATABASES = {
        "default": dj_database_url.parse(
            os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'zvit.sqlite3'}", conn_max_age=0
        )
    }
    if DATABASES["default"]["ENGINE"].rpartition(".")[2] not in ("sqlite3", "postgresql"):
        raise ValueError
except ValueError:
    # The value itself may hold a password, so it is not repeated here.
    sys.exit("DATABASE_URL не є адресою бази даних. Приклад: postgres://zvit:пароль@localhost/zvit")
# Joined with what the address itself asks for: «?sslmode=require».
options = DATABASES["default"].setdefault("OPTIONS", {})
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Measured to hold sixteen writers without «database is locked»; FULL keeps every acknowledged row.
    options |= {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }
else:
    options |= {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "programs.User"
AUTHENTICATION_BACKENDS = [
    # The first one: it refuses a locked-out person before any password is looked at.
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "reporting.demo_sign_in.DemonstrationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "sign_in"

# A session ends after so long without a page, and after so long in any case.
SESSION_COOKIE_AGE = env_number("SESSION_IDLE_MINUTES", 60, most=HOURS_OF_YEAR * 60) * 60
SESSION_LIFETIME = datetime.timedelta(hours=env_number("SESSION_HOURS", 12, most=HOURS_OF_YEAR))

# Signing in: see `reporting.accounts`. Accounts are made by administrators, so nobody signs up, and no
# address is verified.
ACCOUNT_ADAPTER = "reporting.accounts.AccountAdapter"
ACCOUNT_FORMS = {"login": "reporting.accounts.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# On a shared computer a closed browser is a closed session.
ACCOUNT_SESSION_REMEMBER = False
# How long what was shown at the door counts for changing one's own second factor, in seconds.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Wrong one-time codes; wrong passwords are counted by axes below. Questions about files, of an office that
# shares one address too: nobody asks one a second by hand.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/15m/key", "verify": "60/m/ip"}
MFA_ADAPTER = "reporting.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Звіт"
# Clocks of telephones go half a minute wrong.
MFA_TOTP_TOLERANCE = 1

# Wrong passwords lock one person out at one address: nobody can lock out somebody else from afar. What is
# kept in axes' own tables (failures, sign-ins) outlives a restart; `manage.py axes_reset` lifts every
# lock, `axes_reset_username` one person's, `axes_reset_logs --age 365` forgets old sign-ins.
AXES_FAILURE_LIMIT = env_number("AXES_FAILURE_LIMIT", 5)
AXES_COOLOFF_TIME = datetime.timedelta(
    minutes=env_number("AXES_COOLOFF_MINUTES", 15, most=HOURS_OF_YEAR * 60)
)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "reporting.views.access.locked_out"
AXES_CLIENT_IP_CALLABLE = "reporting.accounts.client_address"
AXES_RESET_ON_SUCCESS = True
# Trying on while locked out does not make the lock longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# The log names whom and where from, else nobody could act on it; never the password.
AXES_SENSITIVE_PARAMETERS = ["csrfmiddlewaretoken"]
# How many proxies stand before the portal. Each adds one address to X-Forwarded-For; with 0 that header,
# which anybody can write, is not believed, and behind a proxy everybody would share the proxy's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env_number("TRUSTED_PROXIES", 0, least=0)

# Counts of wrong codes, and which code was used. In the database, because every worker must see the same
# count: in the memory of each, two workers would allow twice as many guesses and a used code twice.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        # The default of 300 could be pushed out of the table by a flood of addresses.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

LANGUAGE_CODE = "uk"
TIME_ZONE = "Europe/Kyiv"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["reporting.formats"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
# WhiteNoise warns of a folder that is not there yet.
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if env_flag("COLLECTED_STATIC")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not env_flag("COLLECTED_STATIC")
MEDIA_ROOT = DATA_DIR / "uploads"

# A report of 300 measures sends six inputs a measure and funding source; Django's default is 1000.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
# The largest file that may be attached as evidence, megabytes.
EVIDENCE_MAX_MB = env_number("EVIDENCE_MAX_MB", 20)
# How long a file that was read and shown waits to be applied.
IMPORT_KEEP_HOURS = env_number("IMPORT_KEEP_HOURS", 24, most=HOURS_OF_YEAR)
# Files with more rows to look through than this are made in the background, and kept for so long.
EXTRACT_IN_BACKGROUND_FROM = env_number("EXTRACT_IN_BACKGROUND_FROM", 2000)
EXTRACT_KEEP_HOURS = env_number("EXTRACT_KEEP_HOURS", 48, most=HOURS_OF_YEAR)
# Who does the work in the background: at once the process that was asked, or, with `database`, the worker
# that `manage.py db_worker` starts.
TASKS_BACKENDS = {
    "immediate": "django_tasks.backends.immediate.ImmediateBackend",
    "database": "django_tasks_db.DatabaseBackend",
}
TASKS_BACKEND = os.environ.get("TASKS_BACKEND") or "immediate"
if TASKS_BACKEND not in TASKS_BACKENDS:
    sys.exit(f"TASKS_BACKEND має бути immediate або database, а не «{TASKS_BACKEND}».")
TASKS = {"default": {"BACKEND": TASKS_BACKENDS[TASKS_BACKEND]}}
# Signatures: see `reporting.signing`. Certificates of the national trust list, roots and issuers as .cer,
# .crt or .pem, and their revocation lists as .crl; an empty folder checks no chain and says so.
SIGNATURE_TRUST_FOLDER = Path(os.environ.get("SIGNATURE_TRUST_FOLDER") or DATA_DIR / "trust")
# Where time stamps are asked for when a report is signed on the server; without it there are none.
TIME_STAMP_URL = os.environ.get("TIME_STAMP_URL", "")
# Ask certificate authorities of that list over the network whether a certificate was revoked.
FETCH_REVOCATION = env_flag("FETCH_REVOCATION")
# Offer signature files of published editions to everybody: their certificates hold people's tax numbers.
PUBLIC_SIGNATURE_FILES = env_flag("PUBLIC_SIGNATURE_FILES")
# Published reports, and open data on programmes, for everybody without signing in.
PUBLIC_REPORTS = env_flag("PUBLIC_REPORTS")
# The council, as the open data name it: its full name, its code in the national register, whom to write to.
PUBLISHER_NAME = os.environ.get("PUBLISHER_NAME", "").strip()
PUBLISHER_EDRPOU = os.environ.get("PUBLISHER_EDRPOU", "").strip()
PUBLISHER_EMAIL = os.environ.get("PUBLISHER_EMAIL", "").strip()
if PUBLISHER_EDRPOU and not re.fullmatch(r"\d{8}", PUBLISHER_EDRPOU, re.ASCII):
    sys.exit("PUBLISHER_EDRPOU має бути кодом ЄДРПОУ з восьми цифр. Наприклад: PUBLISHER_EDRPOU=01234567")
# Tables, columns and words of the open data: another version of the structure puts its own file here.
OPENDATA_SCHEMA = Path(
    os.environ.get("OPENDATA_SCHEMA") or BASE_DIR / "reporting" / "opendata" / "schema_v1.toml"
)
# Files of open data as they were last made; may be emptied at any time, needs no backup.
OPENDATA_FOLDER = DATA_DIR / "opendata"
FILE_UPLOAD_HANDLERS = [
    "programs.uploads.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Letters (reminders of deadlines) are printed to the console until there is a mail server.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env_number("EMAIL_PORT", 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or EMAIL_HOST_USER or "zvit@localhost"
# Where links in letters lead: a timer knows no address of a page.
PORTAL_URL = os.environ.get("PORTAL_URL") or "http://127.0.0.1:8000"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Behind HTTPS (production): one switch for every cookie and header that needs it.
HTTPS = env_flag("HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Whatever watches over the server asks it directly, without the proxy's HTTPS.
    SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
    SECURE_HSTS_SECONDS = 31_536_000

# The words and measures of the official form: another city puts its own file here.
FORM_WORDING = Path(os.environ.get("FORM_WORDING") or BASE_DIR / "reporting" / "wording" / "official.toml")

SIMPLE_HISTORY_REVERT_DISABLED = True
IMPORT_EXPORT_USE_TRANSACTIONS = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # The number that a page of an error prints stands in each line about that request.
    "filters": {"request_id": {"()": "reporting.request_ids.RequestIdFilter"}},
    "formatters": {
        "line": {"style": "{", "format": "{asctime} {levelname} [{request_id}] {name}: {message}"}
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "line"}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # They tell every step of every page at INFO.
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint", "fontTools", "axes", "django_tasks")},
}
