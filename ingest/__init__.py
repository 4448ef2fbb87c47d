"""What is printed where: documents in, landing Parquet out (公开文档 → 落地层)."""
