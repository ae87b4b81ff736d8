"""Reads files of prompts, responses and judgements. Knows what a row may look like; knows nothing
of rows in the database. `content` tells what a file is, `jsonl`, `cells` and `parquet` read it row
by row, `rows`, `judgements` and `steps` understand a row, `reading` puts them together."""
