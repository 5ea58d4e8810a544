from django.contrib.admin.apps import AdminConfig


class ZvitAdminConfig(AdminConfig):
    default_site = "programs.admin.site.ZvitAdminSite"
