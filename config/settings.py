"""Django's settings, one flat file. Everything that differs between hosts is an environment
variable; the defaults run the embedded installation."""

from pathlib import Path

from config import environment as env
from config.insecure import Exposure, refuse_insecure

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

DATA = env.folder("TOUCHSTONE_DATA", ROOT / "var")
STORE = DATA / "store"
STORAGES = env.storages(
    env.text("TOUCHSTONE_BUCKET", ""),
    env.text("TOUCHSTONE_BUCKET_ENDPOINT", ""),
    env.text("TOUCHSTONE_BUCKET_REGION", ""),
)
SAMPLE = env.flag("TOUCHSTONE_SAMPLE", True)
CACHE = Path(env.text("TOUCHSTONE_CACHE", str(DATA / "cache")))
BIND = env.text("TOUCHSTONE_BIND", "127.0.0.1")
PORT = env.number("TOUCHSTONE_PORT", 8000)
PUBLIC_URL = env.text("TOUCHSTONE_URL", f"http://127.0.0.1:{PORT}")

SECRET_KEY = env.text("TOUCHSTONE_SECRET_KEY", "") or env.installation_secret(DATA, "secret_key")
DEBUG = False
ALLOWED_HOSTS = env.words("TOUCHSTONE_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "labeling",
    "exports",
    "models_runner",
    "config",
]

MIDDLEWARE = [
    "config.middleware.request_id",
    "config.middleware.known_parameters",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

DATABASE_URL = env.text("DATABASE_URL", "")
DATABASES = {"default": env.database(DATABASE_URL, DATA / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "labeling.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.api.csrf_failure"

EXPOSURE = Exposure(
    data=DATA,
    url=PUBLIC_URL,
    bind=BIND,
    hosts=ALLOWED_HOSTS,
    key=env.text("TOUCHSTONE_SECRET_KEY", ""),
    redis_url=env.text("REDIS_URL", ""),
    database_url=env.text("DATABASE_URL", ""),
)
if not env.flag("TOUCHSTONE_INSECURE", False):
    refuse_insecure(EXPOSURE)
# An installation that only this machine can reach, as the sample one, asks for no second factor.
SECOND_FACTOR_REQUIRED = env.flag("TOUCHSTONE_SECOND_FACTOR", not EXPOSURE.is_local)

# Single sign-on by OpenID Connect, on when an issuer is named.
SSO_ISSUER = env.text("TOUCHSTONE_SSO_ISSUER", "").rstrip("/")
SSO_NAME = env.text("TOUCHSTONE_SSO_NAME", "single sign-on")
SSO_CLIENT_ID = env.text("TOUCHSTONE_SSO_CLIENT_ID", "")
SSO_CLIENT_SECRET = env.text("TOUCHSTONE_SSO_CLIENT_SECRET", "")

SERVED_OVER_TLS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_TLS
if SERVED_OVER_TLS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_HSTS_SECONDS = 31536000 if SERVED_OVER_TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if env.flag("TOUCHSTONE_BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "require-trusted-types-for": ["'script'"],
    }
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

FRONTEND = ROOT / "frontend" / "dist"
STATIC_URL = "/static/"
STATICFILES_DIRS = [("app", FRONTEND)] if FRONTEND.exists() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
IMPORT_MAX_BYTES = 200 * 1024 * 1024
IMPORT_MAX_ROWS = 1_000_000
REQUESTS_PER_MINUTE = env.number("TOUCHSTONE_REQUESTS_PER_MINUTE", 3000)

# Without a mail server, messages are files in the data folder.
MAIL = env.mail("TOUCHSTONE_MAIL_URL")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA / "mail"
EMAIL_HOST, EMAIL_PORT = MAIL.get("host", ""), MAIL.get("port", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.get("user", ""), MAIL.get("password", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.get("starttls", False), MAIL.get("tls", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("TOUCHSTONE_MAIL_FROM", "touchstone@localhost")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "config.authentication.TokenAuthentication",
        "config.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "config.authentication.TokenScope",
        "config.authentication.StaffHaveSecondFactor",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["config.paces.Pace"],
    "DEFAULT_PARSER_CLASSES": ["config.api.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["config.api.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "config.api.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "DEFAULT_GENERATOR_CLASS": "config.openapi.KeptSchema",
    "TITLE": "Touchstone",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.with_refusals",
    ],
}

VALKEY_SOCKET = env.socket_path(DATA / "valkey.sock")
REDIS_URL = env.text("REDIS_URL", "")
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{VALKEY_SOCKET}?virtual_host=0"
# The row is the truth and the message a hint: losing, doubling or reordering messages is harmless.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,
}
CELERY_TASK_PUBLISH_RETRY = False

ENDPOINTS = env.endpoints("TOUCHSTONE_ENDPOINTS")
ENDPOINT_SECONDS = env.number("TOUCHSTONE_ENDPOINT_SECONDS", 120)

JOB_LEASE_SECONDS = env.number("TOUCHSTONE_JOB_LEASE_SECONDS", 60)
JOB_SWEEP_SECONDS = env.number("TOUCHSTONE_JOB_SWEEP_SECONDS", 5)
JOB_MAX_ATTEMPTS = 3
WORKER_ALIVE_SECONDS = 20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("TOUCHSTONE_LOG_LEVEL", "INFO")},
    # A line for each request that a download makes, between the lines of its progress.
    "loggers": {"httpx2": {"level": "WARNING"}},
}
