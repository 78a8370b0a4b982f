"""Reducers: engine read-outs into the frozen states of ``cockpit.state.views``, one module a panel."""
