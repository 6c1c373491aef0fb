"""What planners do with layers at their desk: rules, free of the web."""
