"""When an alarm is raised, and how often a false one."""
