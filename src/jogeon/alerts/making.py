"""From what a jogeon.toml says of a target to something that sends; secrets and programs are looked up here."""

import shutil
from collections.abc import Mapping

from jogeon.account.environment import variable
from jogeon.account.pasted import is_one_word, unquoted
from jogeon.alerts.apprise import Apprise, notifier_of
from jogeon.alerts.command import Command
from jogeon.alerts.settings import AlertSettings, TargetTable, is_safe
from jogeon.alerts.targets import Target
from jogeon.alerts.telegram import Telegram
from jogeon.alerts.webhook import Webhook
from jogeon.errors import InvalidSetting
from jogeon.masks import hide, hide_address
from jogeon.net import proxy_for


def made(settings: AlertSettings, names: Mapping[str, object] | None = None) -> dict[str, Target]:
    """Return the targets by their names, those in `names` or all; InvalidSetting, MissingExtra."""
    wanted = settings.targets if names is None else {name: settings.targets[name] for name in names}
    return {name: _made(settings, name, table) for name, table in wanted.items()}


def ping_of(settings: AlertSettings) -> str:
    """Return the address that signs of life go to, "" if to none; InvalidSetting."""
    own, place = settings.own, ("alerts", "self", "ping_env")
    if own is None or not own.ping_env:
        return ""
    return _web_address(settings, place, own.ping_env)


def _web_address(settings: AlertSettings, place: tuple[str, ...], name: str) -> str:
    url = secret(settings, place, name)
    if not url.startswith(("http://", "https://")) or not is_safe(url.replace("http://", "https://", 1)):
        raise settings.refusal(place, "not an address")
    return url


def _made(settings: AlertSettings, name: str, table: TargetTable) -> Target:
    match table.kind:
        case "telegram":
            token = secret(settings, ("alerts", "targets", name, "token_env"), table.token_env)
            return Telegram(token, str(table.chat), table.api, proxy_for(table.api))
        case "webhook":
            url = _web_address(settings, ("alerts", "targets", name, "url_env"), table.url_env)
            return Webhook(url, proxy_for(url))
        case "command":
            if shutil.which(table.argv[0]) is None:
                raise settings.refusal(("alerts", "targets", name, "argv"), "no program", table.argv[0])
            return Command(tuple(table.argv))
        case "apprise":
            url = secret(settings, ("alerts", "targets", name, "url_env"), table.url_env)
            try:
                notifier_of(url)
            except ValueError:
                raise settings.refusal(("alerts", "targets", name, "url_env"), "not an address") from None
            return Apprise(url)


def secret(settings: AlertSettings, place: tuple[str, ...], name: str) -> str:
    """Return what a variable of the environment holds; InvalidSetting if it is not set, or more than one word."""
    found = unquoted(variable(name) or "")
    (hide_address if "://" in found else hide)(found)
    if not found:
        raise settings.refusal(place, "variable missing")
    if not is_one_word(found):
        raise InvalidSetting(file=str(settings.file), field=".".join(place), reason="not one word")
    return found
