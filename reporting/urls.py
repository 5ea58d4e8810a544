from django.contrib import admin
from django.urls import include, path

from .views import access, programs, reports, service

# One door: set before `admin.site.urls` is read, or the admin keeps its own.
admin.site.login = access.admin_sign_in  # type: ignore[method-assign]
admin.site.logout = access.SignOut.as_view()  # type: ignore[method-assign, assignment]

urlpatterns = [
    path("", programs.program_list, name="program_list"),
    path("programs/<slug:public_id>/", programs.program_page, name="program_page"),
    path("programs/<slug:public_id>/<int:year>/", reports.report_page, name="report_page"),
    path(
        "programs/<slug:public_id>/<int:year>/report.<slug:format_name>",
        reports.report_file,
        name="report_file",
    ),
    path("", include("programs.urls")),
    path("sign-in/", access.SignIn.as_view(), name="sign_in"),
    path("sign-out/", access.SignOut.as_view(), name="sign_out"),
    path("demo-sign-in/", access.DemoSignIn.as_view(), name="demo_sign_in"),
    path("healthz/", service.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]

handler404 = service.page_not_found
