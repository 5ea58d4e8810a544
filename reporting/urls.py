from allauth.account import views as account
from allauth.mfa.base import views as codes
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from .views import (
    access,
    authenticity,
    brief,
    crawlers,
    cumulative,
    edition_changes,
    editions,
    extract_jobs,
    extracts,
    guides,
    opendata,
    portfolio,
    programs,
    public,
    publishing,
    reports,
    search,
    service,
    signing,
    start,
    submissions,
    waiting,
    workflow,
)

# One door: set before `admin.site.urls` is read, or the admin keeps its own.
admin.site.login = access.admin_sign_in  # type: ignore[method-assign]
admin.site.logout = access.SignOut.as_view()  # type: ignore[method-assign, assignment]

REPORT = "programs/<slug:public_id>/<int:year>/"
PUBLIC = "public/<slug:public_id>/<int:year>/"

urlpatterns = [
    path("", start.start, name="start"),
    path("programs/", portfolio.program_list, name="program_list"),
    path("programs/portfolio.<slug:format_name>", portfolio.portfolio_file, name="portfolio_file"),
    path("programs/<slug:public_id>/", programs.program_page, name="program_page"),
    path("programs/<slug:public_id>/cumulative/", cumulative.cumulative_page, name="cumulative_page"),
    path(
        "programs/<slug:public_id>/cumulative.<slug:format_name>",
        cumulative.cumulative_file,
        name="cumulative_file",
    ),
    path("programs/<slug:public_id>/<int:year>/", reports.report_page, name="report_page"),
    path(
        "programs/<slug:public_id>/<int:year>/report.<slug:format_name>",
        reports.report_file,
        name="report_file",
    ),
    path(f"{REPORT}submissions/<int:number>/", submissions.submission_page, name="submission_page"),
    path(
        f"{REPORT}submissions/<int:number>/changes/",
        submissions.submission_changes,
        name="submission_changes",
    ),
    path(f"{REPORT}journal/", submissions.report_journal, name="report_journal"),
    path(f"{REPORT}brief/", brief.brief_page, name="brief"),
    path(f"{REPORT}submit/", workflow.submit_report, name="submit_report"),
    path(f"{REPORT}review/", workflow.review_report, name="review_report"),
    path(f"{REPORT}return/", workflow.return_report, name="return_report"),
    path(f"{REPORT}agree/", workflow.agree_report, name="agree_report"),
    path(f"{REPORT}reopen/", workflow.reopen_report, name="reopen_report"),
    path(f"{REPORT}signed/", signing.attach_signed, name="attach_signed"),
    path(f"{REPORT}signed/copy/", signing.attach_copy, name="attach_copy"),
    path(f"{REPORT}signed/here/", signing.sign_here, name="sign_here"),
    path(f"{REPORT}publish/", publishing.publish_report, name="publish_report"),
    path(f"{REPORT}editions/<int:number>/", editions.edition_page, name="edition_page"),
    path(
        f"{REPORT}editions/<int:number>/report.<slug:format_name>", editions.edition_file, name="edition_file"
    ),
    path(f"{REPORT}editions/<int:number>/changes/", edition_changes.edition_changes, name="edition_changes"),
    path(
        f"{REPORT}editions/<int:number>/changes.xlsx",
        edition_changes.edition_changes_file,
        name="edition_changes_file",
    ),
    path(f"{REPORT}editions/<int:number>/signed/<int:file_id>/", editions.signed_file, name="signed_file"),
    path(f"{REPORT}council/", workflow.council_decision, name="council_decision"),
    path("verify/", authenticity.verify, name="verify"),
    path("verify/<str:fingerprint>/", authenticity.verify_fingerprint, name="verify_fingerprint"),
    path("waiting/", waiting.waiting, name="waiting"),
    path("search/", search.search, name="search"),
    path("help/", guides.guide_list, name="help"),
    path("help/<slug:name>/", guides.guide_page, name="help_page"),
    path("extracts/", extracts.extracts, name="extracts"),
    path("extracts/download/<slug:format_name>/", extracts.download_extract, name="download_extract"),
    path("extracts/saved/", extracts.save_extract, name="save_extract"),
    path("extracts/saved/<int:pk>/rename/", extracts.rename_extract, name="rename_extract"),
    path("extracts/saved/<int:pk>/delete/", extracts.delete_extract, name="delete_extract"),
    path("extracts/signed/", extract_jobs.signed_reports, name="signed_reports"),
    path("extracts/jobs/<uuid:job_id>/", extract_jobs.extract_job, name="extract_job"),
    path("extracts/jobs/<uuid:job_id>/file/", extract_jobs.extract_job_file, name="extract_job_file"),
    path("extracts/jobs/<uuid:job_id>/again/", extract_jobs.extract_job_again, name="extract_job_again"),
    path("extracts/jobs/<uuid:job_id>/remove/", extract_jobs.extract_job_remove, name="extract_job_remove"),
    path("", include("programs.urls")),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("opendata/", opendata.opendata, name="opendata"),
    path("opendata/<slug:code>.<slug:form>", opendata.opendata_file, name="opendata_file"),
    path("public/", public.public_reports, name="public_reports"),
    path(PUBLIC, public.public_report, name="public_report"),
    path(f"{PUBLIC}report.<slug:format_name>", public.public_report_file, name="public_report_file"),
    path(f"{PUBLIC}signed.pdf", public.public_signed_pdf, name="public_signed_pdf"),
    # The same of one edition, whatever is published after it.
    path(f"{PUBLIC}editions/<int:number>/", public.public_report, name="public_edition"),
    path(
        f"{PUBLIC}editions/<int:number>/report.<slug:format_name>",
        public.public_report_file,
        name="public_edition_file",
    ),
    path(
        f"{PUBLIC}editions/<int:number>/signed.pdf",
        public.public_signed_pdf,
        name="public_edition_signed_pdf",
    ),
    path("sign-in/", access.SignIn.as_view(), name="sign_in"),
    # The same page under the name by which allauth looks for it, and allauth's own pages. Only these:
    # there is nowhere to sign up, to verify an address or to come in by a link from a letter.
    path("sign-in/", access.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", codes.authenticate, name="mfa_authenticate"),
    path("account/password/", access.ChangePassword.as_view(), name="change_password"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", codes.reauthenticate, name="mfa_reauthenticate"),
    path("account/codes/", codes.index, name="mfa_index"),
    path("account/codes/activate/", access.ActivateCodes.as_view(), name="mfa_activate_totp"),
    path("account/codes/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/codes/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/codes/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("sign-out/", access.SignOut.as_view(), name="sign_out"),
    path("demo-sign-in/", access.DemoSignIn.as_view(), name="demo_sign_in"),
    path("healthz/", service.healthz, name="healthz"),
    path("offline/", service.offline, name="offline"),
    path("service-worker.js", service.service_worker, name="service_worker"),
    # One's own password is changed in one place.
    path("admin/password_change/", RedirectView.as_view(pattern_name="change_password")),
    path("admin/", admin.site.urls),
]

handler400 = service.bad_request
handler404 = service.page_not_found
handler500 = service.server_error
