"""What answers look like, for the API documents."""

from pydantic import BaseModel, ConfigDict


class Out(BaseModel):
    """Base of every answer's model. Most say only what a view holds, so their validators are built when one is used."""

    model_config = ConfigDict(defer_build=True)
