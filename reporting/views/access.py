"""The door: signing in and out, one click for demonstration accounts, and no second door in the admin.

The pages of one-time codes are allauth's, with templates of ours (templates/mfa).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.views import LoginView
from allauth.decorators import rate_limit
from allauth.mfa.totp.views import ActivateTOTPView
from axes.helpers import get_client_username, get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView, PasswordChangeView, RedirectURLMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views import View

from programs import demonstration
from programs.models import User
from programs.views.reach import require, signed_in

from ..accounts import client_address, stamp_second_factor

DEMO_ROLES = {
    demonstration.RESPONSIBLE: "відповідальна особа",
    demonstration.HEAD: "керівник",
    demonstration.COEXECUTOR: "співвиконавець",
    demonstration.AUDITOR: "аудитор",
    demonstration.PROGRAM_ADMIN: "адміністратор програм",
    demonstration.SYSTEM_ADMIN: "системний адміністратор",
}


class SignIn(LoginView):
    template_name = "pages/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            demo_accounts=demo_accounts(), next=self.get_next_url() or "", **kwargs
        )

    def get_next_url(self) -> str | None:
        """Never back to a door: that would be a circle, or sign out whoever has just signed in."""
        url = super().get_next_url()
        return None if url and urlsplit(url).path in (reverse("sign_in"), reverse("sign_out")) else url

    def get_default_success_url(self) -> str:
        # Without an address of our own allauth would read the refused one from the request again.
        return resolve_url(settings.LOGIN_REDIRECT_URL)


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


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """What axes answers instead of the page, once too many passwords were wrong."""
    username = get_client_username(request, credentials)
    attempts = AccessAttempt.objects.filter(username=username, ip_address=client_address(request))
    last = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    context = {"username": username, "until": last and last + get_cool_off(request)}
    return render(request, "account/locked.html", context, status=429)


class ActivateCodes(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        # Whoever has just set the telephone up need not show its code again.
        stamp_second_factor(self, self.request, form.user)
        return response


@method_decorator(rate_limit(action="change_password"), name="dispatch")
class ChangePassword(PasswordChangeView):
    """One's own password. Django ends the person's other sessions by itself and keeps this one."""

    template_name = "account/password_change.html"
    success_url = reverse_lazy("start")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(
            signed_in(request).has_usable_password(),
            "Цей обліковий запис відкривається без пароля, тож змінювати нічого.",
        )
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Пароль змінено. В інших браузерах сеанси завершено.")
        form.user._change_reason = "Власний пароль змінено"
        return super().form_valid(form)


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
