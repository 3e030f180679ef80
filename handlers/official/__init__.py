"""What every official does: join, see their menu, choose where reminders go, leave."""
