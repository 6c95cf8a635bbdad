"""The page (현황판) on which a trader sees what a hub follows: conditions, members and their prices, events, gaps."""
