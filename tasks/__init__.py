"""Work behind the reply: jobs that are rows until done, and work that comes round again."""
