"""What `cockpit bench` runs. Each module has ``run(runs, data) -> list`` of results (``contracts.md`` 3)."""
