"""How a machine is: what the kernel tells in /proc, /sys and the control groups.

Read here and not by a library: psutil knows processes and disks, but neither pressure nor control
groups, and of the rest a few lines are needed. The files are the kernel's stable interface.
"""
