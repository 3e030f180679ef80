"""What strangers may send to every entry of the program, made from bytes: by hypothesis and by atheris."""
