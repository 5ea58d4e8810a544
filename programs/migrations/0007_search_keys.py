from django.db import migrations, models

from programs.textforms import search_key

ROWS_AT_ONCE = 500


def fill(apps, schema_editor):
    using = schema_editor.connection.alias
    for name, text in (("MeasureResult", "narrative"), ("Task", "text")):
        rows = apps.get_model("programs", name)._base_manager.using(using)
        last = 0
        while found := list(rows.filter(pk__gt=last).order_by("pk").only("pk", text)[:ROWS_AT_ONCE]):
            for row in found:
                row.search_key = search_key(getattr(row, text))
            rows.bulk_update(found, ["search_key"])
            last = found[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0006_rejected_programs'),
    ]

    operations = [
        migrations.AddField(
            model_name='measureresult',
            name='search_key',
            field=models.TextField(default='', editable=False),
        ),
        migrations.AddField(
            model_name='task',
            name='search_key',
            field=models.TextField(default='', editable=False),
        ),
        migrations.AlterField(
            model_name='measure',
            name='search_key',
            field=models.TextField(default='', editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
