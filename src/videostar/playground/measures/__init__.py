"""What can be measured where the truth about every video is known: what is said of it, what answers hang on, what was forgotten.

One idea a file, each a pure function over answers and truth that gives name -> `Estimate`; `asking` puts the questions.
"""
