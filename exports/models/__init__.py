"""Dataset versions and their files."""

from exports.models.versions import DatasetFile, DatasetVersion

__all__ = ["DatasetFile", "DatasetVersion"]
