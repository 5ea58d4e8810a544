"""The door: signing in and out, one click for demonstration accounts, and no second door in the admin."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, RedirectURLMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View

from programs import demonstration
from programs.models import User

DEMO_ROLES = {
    demonstration.RESPONSIBLE: "відповідальна особа",
    demonstration.HEAD: "керівник",
    demonstration.COEXECUTOR: "співвиконавець",
    demonstration.AUDITOR: "аудитор",
    demonstration.PROGRAM_ADMIN: "адміністратор програм",
    demonstration.SYSTEM_ADMIN: "системний адміністратор",
}


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": (
            "Ім’я користувача або пароль не підходять. Перевірте розкладку клавіатури й Caps Lock "
            "і спробуйте ще раз."
        ),
        "inactive": "Цей обліковий запис вимкнено. Зверніться до системного адміністратора.",
    }


class SignIn(LoginView):
    template_name = "pages/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(demo_accounts=demo_accounts(), **kwargs)

    def get_redirect_url(self, *args: Any) -> str:
        """Never back to a door: that would be a circle, or sign out whoever has just signed in."""
        url = str(super().get_redirect_url(*args))
        return "" if urlsplit(url).path in (reverse("sign_in"), reverse("sign_out")) else url


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    """By POST only; the way out leads back to the sign-in page."""


@method_decorator(login_not_required, name="dispatch")
class DemoSignIn(RedirectURLMixin, View):
    """One click, no password. Outside the demonstration mode there is no such page."""

    http_method_names = ["post"]
    next_page = settings.LOGIN_REDIRECT_URL

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        user = get_object_or_404(User, username=request.POST.get("account", ""), is_demo=True, is_active=True)
        login(request, user, backend="reporting.demo_sign_in.DemonstrationBackend")
        return HttpResponseRedirect(self.get_success_url())


def demo_accounts() -> list[tuple[str, str]]:
    """Username and role of the demonstration accounts that stand ready; none outside the mode."""
    if not settings.DEMO:
        return []
    ready = set(User.objects.filter(is_demo=True, is_active=True).values_list("username", flat=True))
    return [(username, role) for username, role in DEMO_ROLES.items() if username in ready]


@login_not_required
def admin_sign_in(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Takes the place of the admin's own login page: everybody comes in by the same door."""
    if not request.user.is_authenticated:
        wanted = request.GET.get("next") or reverse("admin:index")
        return redirect(reverse("sign_in", query={"next": wanted}))
    if not admin.site.has_permission(request):
        raise PermissionDenied(
            "Розділ «Дані» відкривається тим, кого призначено до виконавця, та адміністраторам. "
            "Якщо це ваша робота, попросіть адміністратора програм записати ваше призначення."
        )
    return redirect("admin:index")
