"""The stylised facts, measured on the simulated market as ``stylised_facts.json`` says."""
