"""The application's models: an enum and the table that uses it."""

import enum

import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class ProcessingStatus(enum.Enum):
    UPLOADED = "uploaded"
    TRANSCRIBING = "transcribing"
    COMPLETED = "completed"
    FAILED = "failed"


class AudioFile(Base):
    __tablename__ = "audio_files"

    id = sa.Column(sa.Integer, primary_key=True)
    filename = sa.Column(sa.String(255), nullable=False)
    file_path = sa.Column(sa.String(500), nullable=False)
    duration_seconds = sa.Column(sa.Float)
    processing_status = sa.Column(
        sa.Enum(ProcessingStatus, name="processingstatus"),
        nullable=False,
        server_default="UPLOADED",
    )
    created_at = sa.Column(sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
