"""Addresses of the pages on which a report is worked on; `reporting.urls` takes them in."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
