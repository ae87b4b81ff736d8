"""What addresses say of haste: how often in five minutes one caller may use a method of a view."""

Paces = dict[str, int]
