FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    UV_PYTHON_DOWNLOADS=never \
    UV_LINK_MODE=copy \
    PATH=/srv/ippo/.venv/bin:$PATH

RUN pip install --no-cache-dir uv \
    && useradd --system --create-home --uid 10001 ippo \
    && install -d -o ippo -g ippo /var/lib/ippo
WORKDIR /srv/ippo

# Dependencies first: they change less often than the program.
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --no-dev --no-install-project --no-cache
COPY bot bot
COPY knowledge knowledge
COPY ingest ingest
COPY adapters adapters
RUN uv sync --frozen --no-dev --no-cache

USER ippo
VOLUME /var/lib/ippo
ENV IPPO_DATA_DIR=/var/lib/ippo
EXPOSE 8000
CMD ["ippo", "serve", "--host", "0.0.0.0", "--port", "8000"]
