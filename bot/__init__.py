"""The running program: channels, dispatch, delivery, scheduler, command line."""
