"""The same task by other tools, each as its documentation shows it; one virtual environment each.

Run by ``benchmarks.compare``. A script reads documents, writes one line for each record that it
got, and prints its counts as JSON.
"""
