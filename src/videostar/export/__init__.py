"""A finished run as what other trainers read: one file per format, the same bytes when made again.

`videostar.export.formats.EXPORTERS` names the formats; `videostar.export.make.export` writes one. Others add formats of their
own through the entry point group `videostar.exporters`: an object as `videostar.export.exporter.Exporter` describes it.
"""
