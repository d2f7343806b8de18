"""The numbers of unread messages of a user who has read nothing, as each chat system's own API and documents have them."""

import cluster_state

from workload import CONVERSATIONS

LISTS = {
    "imagekit": "/imagekit/api/chats/active", "intok": "/intok/api/conversations", "rooms": "/rooms/api/v1/chat/rooms",
    "signalr": "/signalr/api/v1/conversations",
}


def count_in(answer, conversation, user):
    """The number of unread messages of a conversation, wherever in an answer it is; `None` if it is not there."""
    if isinstance(answer, list):
        found = (count_in(each, conversation, user) for each in answer)
    elif not isinstance(answer, dict):
        return None
    elif conversation in (answer.get("_id"), answer.get("id")) and "unreadCount" in answer:
        count = answer["unreadCount"]
        return count.get(user) if isinstance(count, dict) else count
    else:
        found = (count_in(each, conversation, user) for each in answer.values())
    return next((count for count in found if count is not None), None)


async def miscounted(workload, documents, user):
    """Descriptions of chat systems where the user has another number of unread messages than there are messages."""
    counts = {"bananatalk": cluster_state.bananatalk_unread(documents, user)}
    for dialect, path in LISTS.items():
        counts[dialect] = count_in(await workload.call("GET", path, user), CONVERSATIONS[dialect], user)
    expected = {dialect: cluster_state.saved(documents, dialect) for dialect in counts}
    return [
        f"{dialect}: {count} unread of {expected[dialect]} messages"
        for dialect, count in counts.items() if count != expected[dialect]
    ]
