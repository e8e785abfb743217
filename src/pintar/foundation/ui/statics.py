"""Static files under names that change with their content, also where one script imports another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """`import … from "./log.js"` becomes the hashed name, so that a module is cached for ever and never mixed."""

    support_js_module_import_aggregation = True
